"""Patterns of identifiers that their form alone tells: contact details, numbers, dates, high ages, addresses."""

import re

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"


def _form(pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags)


FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "email",
        _form(
            r"[\w.+-]{1,64} ?@ ?[\w-]{1,63}(?: ?\. ?[\w-]{1,63}){1,8}|[\w.+-]{1,64}(?: (?:underscore|dot) [\w.+-]{1,64}){0,8} ?(?:\(at\)|\[at\]| at ) ?[\w-]+ ?(?:\(dot\)|\[dot\]| dot |\.) ?(?:com|org|net|edu|me|io|co|uk|example)\b(?: ?(?:dot|\.) ?uk)?"
        ),
    ),
    (
        "url",
        _form(
            r"(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|edu|io|ly|me|gov|co|app|example)(?:\.\w{2})?(?:/\S*)?\b(?!@)|\b(?:\d{1,3}\.){3}\d{1,3}\b"
        ),
    ),
    (
        "handle",
        _form(
            r"<[@#][!&]?\d+>|(?<![\w@])@[A-Za-z0-9_][\w.]{2,31}|(?<!\w)[A-Za-z]\w{1,30}#\d{4}(?!\w)|(?<![\w/])[a-z][a-z0-9.]*_[a-z0-9_.]+(?!\w)|(?<![\w.])[a-z]+(?:\.[a-z]+){2,}(?!\w)|(?<![\w.-])(?=[a-z0-9.]*\d)(?=(?:[^a-z]*[a-z]){5})[a-z][a-z0-9.]{6,}(?!\w)"
        ),
    ),
    (
        "handle",
        _form(
            r"(?<!\w)(?!(?:Simple|Therapy|Better|Chat|Tik|You|Face|Linked|Psych|Pay|Whats|Go|Door|Insta|Snap|Power|My|Mc|Mac|De|La|Le|Di|Du|Van|Fitz|O)[A-Z])[A-Z][a-z]{2,}(?:[A-Z][a-z]+)+\d*(?!\w)",
            re.NOFLAG,
        ),
    ),
    ("handle", _form(r"(?<![\w.-])(?!(?:covid|phq|gad)\d)[a-z]+[\d$]+[a-z$@]+[\w$@]*(?<=[\w$@]{5})(?!\w)")),
    (
        "name",
        _form(r"(?<![\w.])(?:[A-Za-z]\. ){1,2}(?!(?:and|or|so|but|the|i|he|she|it|we|they|is)\b)[A-Za-z][\w'-]{2,}\b"),
    ),
    (
        "record number",
        _form(
            r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)|(?:mrn|ssn|chart|record|case|member id|policy|claim|docket|plate|license|licence|badge|account|acct|invoice|file)(?: is| no\.?| number| num| plate| id)*\s*[:#]?\s*(?=[a-z]*[- ]?\d)[a-z]{0,4}[- ]?\d[\w-]*(?: \d[\w-]*)*|\b(?:doc|inmate|id|ref|number)(?: doc)? ?#? ?\d{4,}\b|#\d{3,}[\w-]*|(?<![\w-])\d{2,4}-[a-z]{2}-\d{3,}(?!\w)|(?<![\w-])(?!(?:phq|gad|dsm|icd|pcl|bdi|cpt|wais|mmpi|covid|h|rcads)-?\d)[a-z]{1,4}-?\d{3,}[\w-]*(?!\w)|(?<![\w-])[a-z]{2,4}-\d{3,}-?\d*(?!\w)"
        ),
    ),
    (
        "phone",
        _form(
            r"(?<![\w-])\+\d{1,3}(?:[ .-]?\d){6,13}(?!\d)|(?<![\d/-])(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ ./-]?)\d{3}[ ./-]?\d{4}(?:,? ?(?:ext|x)\.? ?\d+)?(?!\d)|(?<![\d-])\d{3}[ .-]\d{4}(?!\d)|(?<!\d)0\d{3,4}[ -]?\d{3}[ -]?\d{3,4}(?!\d)"
        ),
    ),
    ("phone", _form(rf"\b{_DIGIT_WORD}(?:[ -]{_DIGIT_WORD}){{5,}}\b")),
    (
        "date",
        _form(
            rf"(?<![\w/])(?:[0o]?\d|1[0-2l])[/.-](?:[0-3]?[\dl])[/.-](?:\d{{4}}|\d{{2}}|[\dlo]{{4}})(?!\w)|(?<![\w/-])\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}(?!\w)|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b{_MONTH}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?|\b(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\b(?:,? \d{{4}})?|\b{_MONTH} (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
        ),
    ),
    ("date", _form(r"(?<![\w/])(?!24/7)(?:0?\d|1[0-2])/(?:1[1-9]|2\d|3[01]|0\d)(?![\w/])|\b1[0-2]/\d{1,2}(?![\w/])")),
    (
        "age",
        _form(
            r"(?<![\w-])(?:9\d|1[01]\d)[ -]?(?:years?[ -]old|yrs?[ -]old|y/?o|yr)\b|\b(?:turned|turns|turning|is|aged?|shes|hes|she's|he's) (?:9\d|10\d)\b(?! ?(?:%|min|percent|days?))|\bninety[- ]?(?:one|two|three|four|five|six|seven|eight|nine)\b|\b(?:9\d|10\d) (?:and|&) (?:still|sharp|counting)\b"
        ),
    ),
    (
        "place",
        _form(
            r"\b\d{1,5} (?:[a-z][\w'-]+ ){1,3}(?:st|street|ave|avenue|rd|road|blvd|lane|ln|drive|court|ct|terrace|way|place)\b\.?|\b(?:on|at|off|from) (?:[a-z][\w'-]+ ){0,2}[a-z][\w'-]+ (?:street|avenue|road|blvd|lane|terrace)\b|(?<![\w$.-])\d{5}(?:-\d{4})?(?![\w%])|\b[a-z]{1,2}\d{1,2} ?\d[a-z]{2}\b"
        ),
    ),
)
"""Kinds of identifier and their forms, in the order in which they are taken out."""
