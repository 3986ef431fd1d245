"""The privacy screen: plain patterns that take identifiers out, and a second look that withholds what still holds one."""

import re
from collections import Counter

from bot.safety.verdicts import Redaction, Removal

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_PROPER = r"[A-Z][a-zA-Z'\N{RIGHT SINGLE QUOTATION MARK}-]+"
_NOT_NAMES = (
    r"(?!(?:I|CBT|DBT|ACT|EMDR|IFS|PTSD|OCD|ADHD|WAI|SRS|ORS|ACA|APA|HIPAA|DV|IOP|SUD|LPC|LMHC|LCSW|Muran|Safran|Eubanks|Bordin|Grad|Heaney|Nguyen"
    r"|Kaloudis|Rogers|Bowlby|Gottman|Linehan|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Zoom|Discord)\b)"
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    (
        "email",
        re.compile(
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\w.+-]+ ?(?:\(at\)| at ) ?[\w-]+ ?(?:\(dot\)| dot ) ?(?:com|org|net|edu)",
            re.IGNORECASE,
        ),
    ),
    ("handle", re.compile(r"<[@#][!&]?\d+>|(?<![\w@])@[A-Za-z_][\w.]{2,31}|(?<!\w)[A-Za-z]\w{1,30}#\d{4}(?!\w)")),
    (
        "record number",
        re.compile(
            r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)|(?:mrn|ssn|chart|record|case|member id|policy)(?: no\.?| number)?\s*[:#]?\s*[A-Z]{0,3}\d{4,}",
            re.IGNORECASE,
        ),
    ),
    (
        "phone",
        re.compile(
            r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d)"
        ),
    ),
    (
        "date",
        re.compile(
            rf"(?<!\w)(?:\d{{1,2}}[/-]\d{{1,2}}[/-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)(?!\w)",
            re.IGNORECASE,
        ),
    ),
    (
        "place",
        re.compile(
            rf"\d{{1,5}} {_PROPER}(?: {_PROPER})? (?:St|Street|Ave|Avenue|Rd|Road|Blvd|Lane|Ln|Drive|Dr|Court|Ct)\b"
        ),
    ),
    (
        "school",
        re.compile(rf"{_PROPER}(?: {_PROPER})* (?:High(?: School)?|Middle School|Elementary|Academy|University)\b"),
    ),
    ("age", re.compile(r"(?<!\w)(?:9\d|1[01]\d)[ -]?(?:years? old|y/?o|yr old)(?!\w)", re.IGNORECASE)),
    (
        "name",
        re.compile(
            rf"(?:(?<=\bnamed )|(?<=\bcalled )|(?<=\bname is )|(?<=\bname's ))(?!\b[Mm]e\b){_NOT_NAMES}{_PROPER}(?: {_PROPER})?"
        ),
    ),
    ("name", re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx)\.? {_PROPER}")),
    (
        "name",
        re.compile(
            rf"(?:(?<=client )|(?<=clt )|(?<=ct )|(?<=Client )|(?<=patient )|(?<=pt )){_NOT_NAMES}{_PROPER}(?: {_PROPER})?"
        ),
    ),
    (
        "name",
        re.compile(
            rf"(?<=[a-z,] ){_NOT_NAMES}(?:{_PROPER} )?{_PROPER}(?='s (?:mom|dad|mother|father|parents|session|file|chart)\b)"
        ),
    ),
)


class PatternPrivacyScreen:
    """Replaces what the patterns find with typed placeholders."""

    def redact(self, text: str) -> Redaction | None:
        """Return the text with placeholders, or None where a second look still finds an identifier."""
        counts: Counter[str] = Counter()
        for kind, pattern in _PATTERNS:
            text, found = pattern.subn(f"[{kind}]", text)
            counts[kind] += found
        if any(pattern.search(text) for _, pattern in _PATTERNS):
            return None
        return Redaction(text, tuple(Removal(kind, count) for kind, count in sorted(counts.items()) if count))
