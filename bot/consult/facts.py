"""Facts that a statement may hold only where its sources hold them: numbers, names, quotations, claims of a source."""

import re
from collections.abc import Iterable
from itertools import pairwise

_NUMBER = re.compile(r"(?<![\w.])(?:[A-Za-z]\.)?\.?\d+(?:[.,]\d+)*")
_SPELLED = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        2,
    )
} | {
    word: str(number)
    for number, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_SHARES = frozenset(
    "half halves thirds quarter quarters double triple hundred hundreds thousand thousands dozen".split()
)
_NO_COUNT = re.compile(r"\b(?:the|you) two\b")
"""Says who, not how many: "the two of you"."""

_SPELLED_TIMES = (
    (re.compile(r"\bhalf a minute\b"), "30 seconds"),
    (re.compile(r"\b(?:a )?quarter of an hour\b"), "15 minutes"),
    (re.compile(r"\bhalf an hour\b"), "30 minutes"),
)
_THIRD = re.compile(r"\b(?:a|one|by) third\b")

_NAME = re.compile(
    r"(?<![.!?:\"\N{LEFT DOUBLE QUOTATION MARK}] )(?<!^)(?<![\"'(\N{LEFT DOUBLE QUOTATION MARK}])\b[^\W\d_]{3,}\b"
)
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_KNOWN_ACRONYMS = frozenset("CBT DBT ACT EMDR IFS EFT PTSD ADHD OCD".split())

_QUOTATION = re.compile(
    r"[\"\N{LEFT DOUBLE QUOTATION MARK}]([^\"\N{RIGHT DOUBLE QUOTATION MARK}]{4,})[\"\N{RIGHT DOUBLE QUOTATION MARK}]"
    r"|(?<!\w)['\N{LEFT SINGLE QUOTATION MARK}](\w+ [^'\N{RIGHT SINGLE QUOTATION MARK}]{3,})"
    r"['\N{RIGHT SINGLE QUOTATION MARK}](?!\w)"
)
_WORDS_OF_THE_QUESTION = 4
"""Words of a quotation that may come from the question in place of a source."""

_LIVE = re.compile(r"https?:|www\.|\S@\S+\.\w|(?<!\w)@\w|<[@#:]|\]\(", re.IGNORECASE)

_CLAIMS = (
    (
        re.compile(
            r"\b(?:research\w*|stud(?:y|ies)|evidence(?:.based)?|trials?|empirical\w*|scien(?:ce|tific\w*)|data|literature"
            r"|findings?|proven|proves?)\b"
        ),
        frozenset({"study", "meta-analysis", "review"}),
    ),
    (re.compile(r"\bmeta-?analys[ie]s\b"), frozenset({"meta-analysis"})),
    (re.compile(r"\bexperts?\b"), frozenset({"expert survey"})),
    (re.compile(r"\bsurvey(?:s|ed)?\b"), frozenset({"expert survey", "study"})),
    (re.compile(r"\bguidelines?\b"), frozenset({"guideline", "ethics code"})),
    (re.compile(r"\b(?:codes? (?:require|order|demand|say|oblige)\w*|ethics code)"), frozenset({"ethics code"})),
    (re.compile(r"\b(?:laws?|legal\w*|rules say)\b"), frozenset({"law"})),
    (re.compile(r"\b(?:according to|as \w+ (?:wrote|said|puts it|says))\b"), frozenset[str]()),
)
"""Words that claim a source of a sort, and the grades of source over which they may be said."""

_ANOTHERS = re.compile(
    r"\b(?:\d+ ?mg|(?<!smaller )(?<!lighter )(?<!small )dos(?:e|es|age)|medicat\w+|antidepress\w+|prescri\w+|pills?|lithium|ssris?|diagnos\w+|disorder\w*"
    r"|personality|narciss\w+|borderline|bipolar|dysthym\w+|depressive|icd|dsm|legally|entitled(?! to ask)|sue[ds]?|lawsuit|liable"
    r"|waiver|cpt|bill(?:ed|ing)?|insurer|reimburs\w+)\b"
)
"""What is another person's to answer: medication, diagnosis, law, billing."""

_LONGEST = 60
"""Words of a statement; two suggestions of the length that is asked for."""


_SPELLED["twice"] = "2"
_NOT_PROVING = re.compile(r"\b(?:(?:does|do|did)(?:n't| not)|not|no|never) (?:prov\w+|proof)|\bprov\w+ nothing\b")


def facts_hold(text: str, evidence: str, question: str, grades: Iterable[str]) -> bool:
    """Tell whether the facts in a statement stand in its evidence.

    Args:
        text: the statement.
        evidence: the text of the units that it cites.
        question: the redacted question, whose own words may be quoted back in short.
        grades: of the sources of those units.
    """
    return (
        len(text.split()) <= _LONGEST
        and not _LIVE.search(text)
        and numbers(text) <= numbers(evidence) | _numbers_of_the_question(text, question)
        and _names(text) <= set(re.findall(r"\w+", plain(evidence)))
        and _acronyms_known(text, evidence)
        and all(_stands(quotation, evidence, question) for quotation in _quotations(text))
        and _claims_hold(plain(text), plain(evidence), frozenset(grades))
        and set(_ANOTHERS.findall(plain(text))) <= set(_ANOTHERS.findall(plain(evidence)))
    )


def plain(text: str) -> str:
    """Return a text in one case and with one sort of apostrophe and space."""
    return " ".join(
        re.sub(r"[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "'", text).casefold().split()
    )


def numbers(text: str) -> set[str]:
    """Return the numbers in a text, spelled ones from two on as digits, shares as words."""
    for spelled, digits in _SPELLED_TIMES:
        text = spelled.sub(digits, text)
    small = _NO_COUNT.sub(" ", text.casefold())
    words = re.findall(r"[a-z]+", small)
    found = {one.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", one) else one for one in _NUMBER.findall(text)}
    found |= {_SPELLED[word] for word in words if word in _SPELLED} | (_SHARES & set(words))
    return found | ({"thirds"} if _THIRD.search(small) else set())


def _numbers_of_the_question(text: str, question: str) -> set[str]:
    """Return the numbers that stand in the question with the same word after them, as in "three minutes"."""

    def pairs(of: str) -> set[tuple[str, str]]:
        words = re.findall(r"\w+", of.casefold())
        return {(_SPELLED.get(a, a), b) for a, b in pairwise(words) if a in _SPELLED or a.isdigit()}

    return {number for number, _ in pairs(text) & pairs(question)}


def _names(text: str) -> set[str]:
    """Return the words with a capital where no sentence starts, in plain form; abbreviations are no names."""
    return {plain(word) for word in _NAME.findall(text) if word[0].isupper() and not word.isupper()}


def _acronyms_known(text: str, evidence: str) -> bool:
    held = set(re.findall(r"\w+", plain(evidence)))
    return all(one in _KNOWN_ACRONYMS or one.casefold() in held for one in _ACRONYM.findall(text))


def _quotations(text: str) -> list[str]:
    return [double or single for double, single in _QUOTATION.findall(text)]


def _stands(quotation: str, evidence: str, question: str) -> bool:
    said = plain(quotation).strip(" .,;:!?")
    if len(said) < 4:  # noqa: PLR2004  # "no" and "ok" are nobody's words
        return True
    own = plain(question) if len(said.split()) <= _WORDS_OF_THE_QUESTION else ""
    return said in plain(evidence) or said in own


def _claims_hold(text: str, evidence: str, grades: frozenset[str]) -> bool:
    text = _NOT_PROVING.sub(" ", text)
    for claim, allowed in _CLAIMS:
        found = set(claim.findall(text))
        if found and not found <= set(claim.findall(evidence)) and not grades & allowed:
            return False
    return True
