"""Whether each statement stands on what it cites; code decides this, never the model that wrote it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.consult.outcome import Draft, Statement
from knowledge.entry import Unit


class Verdict(StrEnum):
    """How a statement stands to its citations."""

    GROUNDED = "grounded"
    UNGROUNDED = "ungrounded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Grounded:
    """A draft with what is not grounded taken out.

    Attributes:
        draft: what may be shown.
        dropped: how many statements were taken out.
    """

    draft: Draft
    dropped: int


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"(?<![.!?:\"] )(?<!^)(?<![\"'(])\b[^\W\d_]{3,}\b")
_QUOTATION = re.compile(
    r"[\"\N{LEFT DOUBLE QUOTATION MARK}]([^\"\N{RIGHT DOUBLE QUOTATION MARK}]{4,})[\"\N{RIGHT DOUBLE QUOTATION MARK}]"
)


def judge(statement: Statement, allowed: Mapping[str, Unit]) -> Verdict:
    """Judge one statement.

    Args:
        statement: what is said, and the unit ids that it names.
        allowed: the units that were retrieved, by id.

    Returns:
        `missing` where it says nothing, cites nothing, or cites what was not retrieved; `ungrounded` where a number,
        a proper name or a quotation in it stands in no unit that it cites; else `grounded`.
    """
    if not statement.text.strip() or not statement.cites or any(cite not in allowed for cite in statement.cites):
        return Verdict.MISSING
    evidence = " ".join(allowed[cite].text for cite in statement.cites)
    plain = _plain(evidence)
    numbers = set(_NUMBER.findall(statement.text)) <= set(_NUMBER.findall(evidence))
    names = _names(statement.text) <= set(re.findall(r"\w+", plain))
    quotations = all(_plain(quotation) in plain for quotation in _QUOTATION.findall(statement.text))
    return Verdict.GROUNDED if numbers and names and quotations else Verdict.UNGROUNDED


def ground(draft: Draft, units: Iterable[Unit]) -> Grounded:
    """Take out of a draft what does not stand on the retrieved units."""
    allowed = {unit.id: unit for unit in units}

    def holds(statement: Statement | None) -> bool:
        return statement is not None and judge(statement, allowed) is Verdict.GROUNDED

    kept = replace(
        draft,
        suggestions=tuple(statement for statement in draft.suggestions if holds(statement)),
        reading=draft.reading if holds(draft.reading) else None,
        wording=draft.wording if holds(draft.wording) else None,
        watch=draft.watch if holds(draft.watch) else None,
    )
    return Grounded(kept, _statements(draft) - _statements(kept))


def _statements(draft: Draft) -> int:
    single = (draft.reading, draft.wording, draft.watch)
    return len(draft.suggestions) + sum(statement is not None for statement in single)


def _names(text: str) -> set[str]:
    """Return the words with a capital where no sentence starts, in plain form; abbreviations are no names."""
    return {_plain(word) for word in _WORD.findall(text) if word[0].isupper() and not word.isupper()}


def _plain(text: str) -> str:
    return " ".join(
        re.sub(r"[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "'", text).casefold().split()
    )
