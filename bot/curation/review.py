"""The life of a curated answer: the moves that there are, and who may make them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.errors import FixInput
from bot.storage.curated import Answer, Change, Content, Signature, State
from bot.storage.supervisors import Mark, Rules


class Move(StrEnum):
    """What can be done to an answer."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    FALL_DUE = "fall due"
    RETIRE = "retire"
    RESTORE = "restore"


_ALIVE = frozenset({State.DRAFT, State.SUBMITTED, State.REJECTED, State.APPROVED, State.DUE})

MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.EDIT: (_ALIVE, State.DRAFT),
    Move.SUBMIT: (frozenset({State.DRAFT}), State.SUBMITTED),
    Move.APPROVE: (frozenset({State.SUBMITTED, State.DUE}), State.APPROVED),
    Move.REJECT: (frozenset({State.SUBMITTED}), State.REJECTED),
    Move.FALL_DUE: (frozenset({State.APPROVED}), State.DUE),
    Move.RETIRE: (_ALIVE, State.RETIRED),
    Move.RESTORE: (frozenset({State.RETIRED, State.REJECTED}), State.DRAFT),
}
"""From which states a move leads, and where to; any other is refused."""

_SPOKEN = {
    State.DRAFT: "a draft",
    State.SUBMITTED: "waiting for approval",
    State.APPROVED: "approved",
    State.DUE: "due for review",
    State.REJECTED: "rejected",
    State.RETIRED: "retired",
}


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approver puts in.

    Attributes:
        person: who approves.
        signature: what they sign with.
        revision: the one that they have read.
        author: who wrote that one; None for a former member.
        rules: the server's.
    """

    person: int
    signature: Signature
    revision: int
    author: int | None
    rules: Rules


def next_state(answer: Answer, move: Move) -> State:
    """Return where a move leads.

    Raises:
        FixInput: there is no such move from where the answer stands.
    """
    states, to = MOVES[move]
    if answer.state not in states:
        known = " or ".join(sorted(_SPOKEN[state] for state in states))
        raise FixInput(
            f"this answer is {_SPOKEN[answer.state]}; {move.value} works on one that is {known}", "look at its history"
        )
    return to


def edited(answer: Answer, content: Content, base: int) -> Change:
    """Return what an edit does: the words become the current revision, or one aside where the answer has moved on.

    The live revision stays what it was until another is approved.

    Raises:
        FixInput: the answer is retired.
    """
    state = next_state(answer, Move.EDIT)
    if base != answer.revision:
        return Change("edit aside", answer.state, answer.live, aside_from=base, content=content)
    return Change(Move.EDIT.value, state, answer.live, content=content)


def brought_back(answer: Answer, content: Content) -> Change:
    """Return what bringing an earlier revision's words back does: they are a draft again, wherever the answer stood."""
    return Change(Move.RESTORE.value, State.DRAFT, answer.live, content=content)


def moved(answer: Answer, move: Move) -> Change:
    """Return what a move without words does.

    Raises:
        FixInput: there is no such move from where the answer stands.
    """
    return Change(move.value, next_state(answer, move), None if move is Move.RETIRE else answer.live)


def approved(answer: Answer, approval: Approval) -> Change:
    """Return what an approval does.

    Raises:
        FixInput: the answer has changed since it was read, its author approves it, or it does not wait for approval.
    """
    state = next_state(answer, Move.APPROVE)
    if answer.revision != approval.revision:
        raise FixInput(
            f"the answer has changed since you read it: it is at revision {answer.revision}", "read it again"
        )
    if approval.author == approval.person and not approval.rules.own_approval:
        raise FixInput("nobody approves their own text here", "ask another supervisor")
    review_by = approval.signature.on + timedelta(days=approval.rules.review_days)
    return Change(
        Move.APPROVE.value,
        state,
        live=answer.revision,
        signature=approval.signature,
        approver=approval.person,
        review_by=review_by,
    )


def badge(signature: Signature, review_by: date | None, today: date) -> str:
    """Return the sentence that stands with every curated answer."""
    late = ", review overdue" if overdue(review_by, today) else ""
    by = f"{signature.role}, {signature.licence}, {signature.jurisdiction}"
    return f"General guidance reviewed by {by}, {signature.on.isoformat()}{late}. Not supervision of your case."


def verified(mark: Mark) -> str:
    """Return the sentence that stands with a card of the program that a server's supervisors have verified."""
    signed = mark.signature
    by = f": {signed.role}, {signed.licence}, {signed.jurisdiction}" if signed else ""
    return f"Verified by this server's supervisors{by}, {mark.on.isoformat()}."


def overdue(review_by: date | None, today: date) -> bool:
    """Tell whether the day of the next review has passed."""
    return review_by is not None and review_by < today
