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
_NAME = re.compile(r"(?<![.!?:\"] )(?<!^)(?<![\"'(])\b[A-Z][a-z]{2,}\b")
_QUOTATION = re.compile(r"[\"\N{LEFT DOUBLE QUOTATION MARK}]([^\"\N{RIGHT DOUBLE QUOTATION MARK}]{4,})[\"\N{RIGHT DOUBLE QUOTATION MARK}]")


def judge(statement: Statement, allowed: Mapping[str, Unit]) -> Verdict:
    """Judge one statement.

    Args:
        statement: what is said, and the unit ids that it names.
        allowed: the units that were retrieved, by id.

    Returns:
        `missing` where it cites nothing or something that was not retrieved; `ungrounded` where a number,
        a proper name or a quotation in it stands in no unit that it cites; else `grounded`.
    """
    if not statement.cites or any(cite not in allowed for cite in statement.cites):
        return Verdict.MISSING
    evidence = " ".join(allowed[cite].text for cite in statement.cites)
    plain = _plain(evidence)
    said = [*_NUMBER.findall(statement.text), *_NAME.findall(statement.text), *_QUOTATION.findall(statement.text)]
    return Verdict.GROUNDED if all(_plain(piece) in plain for piece in said) else Verdict.UNGROUNDED


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


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "'", text).casefold().split())
