"""What is known of each word before it is read in its sentence: lists of names and places, and how it is written."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.safety.identifiers import FORMS
from knowledge.errors import ReinstallModel
from knowledge.network import Numbers

_FOLDER_NAME = "names"
_WORD = re.compile(r"[^\W_]{1,40}(?:['\N{RIGHT SINGLE QUOTATION MARK}.-][^\W_]{1,40}){0,8}|[^\w\s]|_")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s?$", re.IGNORECASE)
_OPENERS = frozenset('.!?:"\n')
_INITIAL_LENGTH = 2


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
class Word:
    """A word or a mark of a text, and where it stands."""

    text: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Return the words and marks of a text, in order."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def clues(text: str, words: list[Word], lists: NameLists) -> Numbers:
    """Return what the lists, the spelling and the forms of identifiers say of each word.

    Args:
        text: the text.
        words: its words, as `split_words` gives them.
        lists: the lists of names.

    Returns:
        Zeros and ones; shape (words, `CLUES`).
    """
    bare = [_POSSESSIVE.sub("", word.text.lower()) for word in words]
    found = np.zeros((len(words), CLUES), dtype=np.float32)
    for number, (word, lower) in enumerate(zip(words, bare, strict=True)):
        found[number, :_OF_A_WORD] = (
            lower in lists.first,
            lower in lists.last,
            lower in lists.ambiguous,
            lower in lists.places or _in_pair(bare, number, lists.places),
            lower in lists.theorists or _in_pair(bare, number, lists.theorists),
            lower in lists.known,
            lower in lists.common,
            lower not in lists.known and lower not in lists.first and lower not in lists.last,
            word.text[0].isupper(),
            word.text.isupper() and len(word.text) > 1,
            number == 0 or words[number - 1].text in _OPENERS,
            any(letter.isdigit() for letter in lower),
            not word.text[0].isalnum(),
            len(lower) <= _INITIAL_LENGTH,
            lower != word.text.lower(),
        )
    starts, ends = np.array([word.start for word in words]), np.array([word.end for word in words])
    for column, (_, form) in enumerate(FORMS, _OF_A_WORD):
        for match in form.finditer(text):
            found[np.searchsorted(ends, match.start(), side="right") : np.searchsorted(starts, match.end()), column] = 1
    return found


_OF_A_WORD = 15
CLUES = _OF_A_WORD + len(FORMS)
"""How many clues there are of each word."""


def _in_pair(bare: list[str], number: int, entries: frozenset[str]) -> bool:
    pairs = (" ".join(bare[first : first + 2]) for first in (number - 1, number) if first >= 0)
    return any(pair in entries for pair in pairs)
