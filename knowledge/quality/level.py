"""The reading level of a card: the school grade in which its text is read with ease."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from knowledge.entry import Card, Corpus
from knowledge.frontmatter import Problem

HIGHEST_GRADE = 11.0
"""The grade above which a card is refused: readers are tired, and some read English as a second language."""

_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\"')\]]*(?:\s|$))")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[aeo]g)ue$|(?<=niq)ue$"  # name, role, vague, technique
    r"|(?<=[^aeiouytdl])e(?=d$)|(?<=[aeiouyl]l)e(?=d$)"  # blamed, called
    r"|(?<=[^aeiouysxzcghl])e(?=s$)|(?<=[aeiouy]l)e(?=s$)"  # times, rules
    r"|(?<=[^c]som)e(?=.)|(?<=^som)e(?=.)|(?<=lik)e(?=.)|(?<=ev)e(?=ry)"  # something, likely, every
    r"|(?<=[^aeiouyl])e(?=ly$|ness$|ment|ful|less|ty$|where|self$|hand|work)"  # safely, statement, hopeless
)
"""A written e that is not heard."""

_PARTED = re.compile(
    r"[aeiouy]ing|ient|ier$|iest|iet|ia|io(?!u)|iu|eo(?!ple)|ua[lt]|[^gq]ue[lt]|uici|(?<=[ds])n't$|ism$|eas?(?=t(?:e|ion))|rea(?=ct)"
    r"|dea$|ious$|ience|uou"
)
"""Letters that look like one sound and are two, as in client, doing, didn't."""

_JOINED = re.compile(r"[tcsg]ia|[tcsxg]io|leagu|quia")
"""Letters that look like two sounds and are one, as in session."""


def check_level(corpus: Corpus) -> Iterator[Problem]:
    """Yield the cards that are harder to read than the highest grade."""
    for card in corpus.cards:
        level = card_grade(card)
        if level > HIGHEST_GRADE:
            mend = f"bring it to {HIGHEST_GRADE:.0f} with shorter sentences and words"
            yield Problem(card.path, 0, "reading level", f"is grade {level:.1f}; {mend}")


def card_grade(card: Card) -> float:
    """Return the grade of what a card says; its asks are others' words and do not count."""
    return grade(unit.text for unit in card.units)


def grade(texts: Iterable[str]) -> float:
    """Return the Flesch-Kincaid grade of some texts, each of one sentence or more.

    0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid, Fishburne, Rogers & Chissom, 1975, Research Branch
    Report 8-75, Naval Technical Training Command). Figures and marks are no words here; a hyphen parts two.
    """
    sentences = words = heard = 0
    for text in texts:
        found = _WORD.findall(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
        if found:
            sentences += max(1, len(_SENTENCE_END.findall(text)))
            words += len(found)
            heard += sum(syllables(word) for word in found)
    return 0.39 * words / sentences + 11.8 * heard / words - 15.59 if words else 0.0


@cache
def syllables(word: str) -> int:
    """Return about how many syllables an English word has, from its letters."""
    plain = word.lower().removesuffix("'").removesuffix("'s")
    sounds = len(_VOWELS.findall(_SILENT.sub("", plain)))
    return max(1, sounds + len(_PARTED.findall(plain)) - len(_JOINED.findall(plain)))
