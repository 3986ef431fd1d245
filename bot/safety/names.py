"""Finds names of people and places, also in lower case, by lists of names and by the words around them."""

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import ReinstallModel

_FOLDER_NAME = "names"
_TOKEN = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s?$", re.IGNORECASE)
_SHORTEST_UNKNOWN = 4

_PERSON_VERBS = frozenset(
    """said says told tells asked asks went goes texted texts emailed called calls cancelled canceled cancels cried cries
    laughed laughs snapped yelled screamed walked stormed ghosted shrugged stared smiled smiles froze rolled sat hates hated
    thinks thought wants wanted stopped started keeps kept showed shows shut looked looks left came comes got gets hung no-showed
    ditched apologized quit blew brought brings cursed pulled refuses refused answered answers never always still just doesnt
    doesn't didnt didn't wont won't hasnt hasn't cant can't isnt isn't wasnt wasn't clams clammed nods nodded drops dropped
    storms misses missed bailed goes acts acted seems seemed feels felt swears swore mumbles mumbled whispers rescheduled ended""".split()
)
_BE_VERBS = frozenset({"is", "was", "has", "had", "would", "could"})
_BEFORE_A_NAME = frozenset(
    """client clients ct clt pt patient kid student named nicknamed mr mrs ms miss mx dr coach officer judge aunt uncle cousin roommate
    boyfriend girlfriend husband wife sister brother coworker supervisee intern""".split()
)
_TO_A_PERSON = frozenset(
    "with w told tell asked ask saw see met for from and to hurt lost about love like dear hi hey thanks texted emailed called".split()
)
_NOT_BEFORE_A_NAME = frozenset(
    """the a an my her his their our your its no some any this that these those more much of in on at into i we you they he she it to
    be so very too not real such what every each don't dont can't cant didn't doesn't as is are was were has have good great high
    little false new old full with""".split()
)
_THINGS_OF_A_PERSON = frozenset(
    """mom mum mother dad father parents sister brother wife husband partner kid son daughter session sessions file chart voice face
    eyes notes text texts email boyfriend girlfriend roommate case room seat chair side story anger silence grief folks family
    teacher probation meds caseworker old new ex last first next""".split()
)
_NEVER = frozenset(
    """he she they them it i im you u we us me my his her hers him who what mom mum mother dad father kid kids guy guys girl boy man
    woman son sun parent client clients ct clt cant wont dont didnt long voice english can do so an win no yes anyone everyone
    someone nobody may june april march sunday monday tuesday wednesday thursday friday saturday sup supervisor therapist counselor
    christian american european black white brown asian latina latino male female honey dear babe buddy bro dude lol ok min mins hr hrs sec""".split()
)
_INSTITUTIONS = {
    **dict.fromkeys("high middle elementary elem academy prep university college montessori primary".split(), "school"),
    **dict.fromkeys(
        "hospital infirmary hospice church tabernacle parish mosque synagogue behavioral baptist foundry diner tavern".split(),
        "employer",
    ),
}
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "coach", "officer", "judge", "sister", "brother", "father", "pastor", "mister"}
)


@dataclass(frozen=True)
class NameLists:
    """The lists of names, all in lower case.

    Attributes:
        first: first names and nicknames that are no ordinary English word.
        last: surnames that are no ordinary English word.
        ambiguous: names that are ordinary words too.
        theorists: authors and theorists, who are no identifiers; some of several words.
        places: towns and cities; some of several words.
        known: ordinary words of counselors' questions.
        common: those of them that stand often there.
    """

    first: frozenset[str]
    last: frozenset[str]
    ambiguous: frozenset[str]
    theorists: frozenset[str]
    places: frozenset[str]
    known: frozenset[str]
    common: frozenset[str]


def load_name_lists(screens_folder: Path, known: frozenset[str], common: frozenset[str]) -> NameLists:
    """Read the lists.

    Args:
        screens_folder: holds the folder of lists.
        known: ordinary words.
        common: those of them that stand often in counselors' questions.

    Raises:
        ReinstallModel: a list is missing or empty.
    """

    def entries(name: str) -> frozenset[str]:
        try:
            found = frozenset((screens_folder / _FOLDER_NAME / f"{name}.txt").read_text(encoding="utf-8").split("\n"))
        except (OSError, UnicodeDecodeError):
            found = frozenset()
        if not found - {""}:
            raise ReinstallModel(f"the list of names {name}.txt is missing or empty", "install the program again")
        return found - {""}

    first, last, ambiguous = entries("first_names"), entries("surnames"), entries("ambiguous")
    return NameLists(first, last, ambiguous, entries("theorists"), entries("places"), known - first - last, common)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that identifies someone."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    lower: str
    start: int
    end: int
    opens: bool


def find_names(text: str, lists: NameLists) -> list[Span]:
    """Return the names of people and places in a text, in order, without overlap."""
    words = _words(text)
    shouting = sum(word.text.isupper() for word in words) > len(words) / 2
    spans: list[Span] = []
    position = 0
    while position < len(words):
        length = _phrase(words, position, lists.theorists)
        if length and not _is_client(words, position):
            position += length
            continue
        length = _phrase(words, position, lists.places)
        if length and words[position].lower not in lists.ambiguous:
            spans.append(Span(words[position].start, words[position + length - 1].end, "place"))
            position += length
            continue
        if (
            position + 1 < len(words)
            and words[position].lower in lists.first
            and words[position + 1].lower in lists.theorists
        ):
            position += 2
            continue
        if position + 1 < len(words) and _names_institution(words, position, lists):
            kind = _INSTITUTIONS[words[position + 1].lower]
            spans.append(Span(words[position].start, words[position + 1].end, kind))
            position += 2
            continue
        if _is_name(words, position, lists, shouting=shouting):
            last = position
            while last + 1 < len(words) and _continues(words, last + 1, lists, text):
                last += 1
            spans.append(Span(words[position].start, words[last].end, "name"))
            position = last
        position += 1
    return spans


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    end = 0
    for match in _TOKEN.finditer(text):
        bare = _POSSESSIVE.sub("", match[0])
        between = text[end : match.start()]
        opens = not found or any(mark in between for mark in '.!?\n:"')
        end = match.end()
        found.append(_Word(bare, bare.lower(), match.start(), match.start() + len(bare), opens))
    return found


def _names_institution(words: list[_Word], position: int, lists: NameLists) -> bool:
    word, after = words[position], words[position + 1]
    named = word.lower not in lists.known or word.lower in lists.first | lists.last | lists.places
    return after.lower in _INSTITUTIONS and named and len(word.lower) >= _SHORTEST_UNKNOWN and word.lower not in _NEVER


def _phrase(words: list[_Word], position: int, entries: frozenset[str]) -> int:
    for length in (3, 2, 1):
        part = words[position : position + length]
        if len(part) == length and " ".join(word.lower for word in part) in entries:
            return length
    return 0


def _is_client(words: list[_Word], position: int) -> bool:
    before = words[position - 1].lower if position else ""
    return before in _BEFORE_A_NAME


def _is_name(  # noqa: PLR0911  # one reason a line
    words: list[_Word], position: int, lists: NameLists, *, shouting: bool
) -> bool:
    word = words[position]
    before = words[position - 1].lower if position else ""
    after = words[position + 1].lower if position + 1 < len(words) else ""
    capital = word.text[0].isupper() and not word.opens and not shouting
    if word.lower in _NEVER:
        return False
    if word.lower in lists.first or _plural_possessive(word.lower, after, lists):
        return True
    if before in _TITLES and word.lower not in lists.known:
        return True
    if word.lower in lists.ambiguous:
        rare = word.lower not in lists.common
        return _is_ambiguous_name(before, after, capital=capital, rare=rare)
    if capital and word.text[1:].islower() and word.lower not in lists.known:
        return True
    unknown = word.lower not in lists.known
    if not unknown or len(word.lower) < _SHORTEST_UNKNOWN or word.text.isupper() or "-" in word.text:
        return False
    placed = before in _BEFORE_A_NAME | _TO_A_PERSON or after in _PERSON_VERBS | _THINGS_OF_A_PERSON
    return placed and before not in _NOT_BEFORE_A_NAME and not _is_slip(word.lower, lists.known)


def _is_ambiguous_name(before: str, after: str, *, capital: bool, rare: bool) -> bool:
    if capital or before in _BEFORE_A_NAME:
        return True
    if before in _NOT_BEFORE_A_NAME:
        return False
    return rare or after in _PERSON_VERBS or (before in _TO_A_PERSON and after in _BE_VERBS | {"and"})


def _plural_possessive(lower: str, after: str, lists: NameLists) -> bool:
    return lower.endswith("s") and lower[:-1] in lists.first and after in _THINGS_OF_A_PERSON


def _continues(words: list[_Word], position: int, lists: NameLists, text: str) -> bool:
    word, before = words[position], words[position - 1]
    if text[before.end : word.start].strip() not in ("", "."):
        return False
    capital = word.text[0].isupper() and before.text[0].isupper()
    return word.lower in lists.last or word.lower in lists.first or (capital and word.lower not in lists.known)


def _is_slip(word: str, known: frozenset[str]) -> bool:
    """Tell whether a word is one letter away from an ordinary one."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for left, right in splits:
        if right and (left + right[1:] in known or any(left + letter + right[1:] in known for letter in letters)):
            return True
        if len(right) > 1 and left + right[1] + right[0] + right[2:] in known:
            return True
        if any(left + letter + right in known for letter in letters):
            return True
    return False
