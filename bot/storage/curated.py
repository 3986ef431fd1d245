"""What a curated answer is made of, as it comes out of the database and goes in."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where an answer stands; which moves there are is `bot.curation.review`'s to say."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DUE = "due"
    REJECTED = "rejected"
    RETIRED = "retired"


class Origin(StrEnum):
    """Where an answer came from."""

    NEW = "new"
    MESSAGE = "message"
    QUESTION = "question"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Item:
    """One statement of an answer.

    Attributes:
        text: on one line.
        cites: ids of sources, or the place of one in the answer's list as a number; none where it rests on all.
    """

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The words of an answer, redacted.

    Attributes:
        title: what it is about, in one line.
        text: what to consider.
        asks: questions that it answers, as counselors type them.
        when_to_use: what the situation may be.
        wording: words to try.
        caution: what to watch for.
        sources: ids of the knowledge base's sources, or works in words.
        topics: topic ids, the primary one first.
        kind: what sort of card it is.
        evidence: the strongest grade that its claims rest on.
        confidence: how sure its writers are.
        reflect: a question to ask oneself.
        supervision: a question to take to supervision.
    """

    title: str
    text: tuple[Item, ...]
    asks: tuple[str, ...]
    when_to_use: tuple[Item, ...] = ()
    wording: tuple[Item, ...] = ()
    caution: tuple[Item, ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kind: str = "situation"
    evidence: str = "practice wisdom"
    confidence: str = "moderate"
    reflect: str = ""
    supervision: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return found

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Content":
        """Return what `as_json` gave."""
        parts = dict(values)
        for name in ("text", "when_to_use", "wording", "caution"):
            parts[name] = tuple(Item(one["text"], tuple(one["cites"])) for one in parts[name])
        for name in ("asks", "sources", "topics"):
            parts[name] = tuple(parts[name])
        return cls(**parts)

    @property
    def digest(self) -> str:
        """A hash; equal ones mean equal words."""
        written = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands behind a text, as what and under which licence; never a name.

    Attributes:
        role: such as "clinical supervisor".
        licence: such as "LPC-S".
        jurisdiction: where that licence holds.
        on: the day of the review.
    """

    role: str
    licence: str
    jurisdiction: str
    on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """Where one curated answer stands.

    Attributes:
        id: its id.
        server: whose it is.
        name: its short name, unique in its server and part of its file's name.
        title: of the current revision.
        state: of the current revision.
        origin: where it came from.
        revision: the current one's number.
        live: the revision that askers get; None where there is none.
        author: who began it; None for a former member.
        approver: who approved the live revision; None for a former member, and where none is live.
        signature: what the live revision is signed with.
        review_by: when the live revision is to be looked at again.
        changed_at: when something of it changed last.
    """

    id: uuid.UUID
    server: int
    name: str
    title: str
    state: State
    origin: Origin
    revision: int
    live: int | None
    author: int | None
    approver: int | None
    signature: Signature | None
    review_by: date | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of an answer.

    Attributes:
        answer: whose.
        number: from 1, in the order in which they came.
        author: who wrote it; None for a former member.
        credit: whose message it was made from, where it was.
        base: the revision that its author had before them.
        why: the author's reason, where given.
        content: the words; None where they were wiped.
        made_at: when.
        wiped_at: when the words were wiped.
    """

    answer: uuid.UUID
    number: int
    author: int | None
    credit: int | None
    base: int | None
    why: str | None
    content: Content | None
    made_at: datetime
    wiped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """That somebody did something to an answer.

    Attributes:
        number: they rise with time.
        answer: which; None where it is about the server.
        person: who; None for a former member, and where the program did it.
        action: what.
        revision: the current revision afterwards, or the one that it is about.
        state: the answer's state afterwards.
        why: the reason, where one was given.
        at: when.
    """

    number: int
    answer: uuid.UUID | None
    person: int | None
    action: str
    revision: int | None
    state: State | None
    why: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Live:
    """The revision of an answer that askers get, with all that is shown with it.

    Attributes:
        answer: the answer.
        content: the approved words.
        views: second views and caveats that were approved, earliest first.
    """

    answer: Answer
    content: Content
    views: "tuple[SecondView, ...]" = ()


@dataclass(frozen=True, slots=True)
class SecondView:
    """Another supervisor's view of an answer, or a caveat.

    Attributes:
        id: its id.
        answer: on which answer.
        person: who wrote it; None for a former member.
        about: `view`, or what a caveat is about: `culture`, `setting`, `modality`.
        text: the words; None where they were wiped.
        signature: what it is signed with.
        approved_at: from when it is shown.
    """

    id: uuid.UUID
    answer: uuid.UUID
    person: int | None
    about: str
    text: str | None
    signature: Signature
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an answer, in one transaction.

    Attributes:
        action: what it is called in the log.
        state: the state afterwards.
        live: the live revision afterwards.
        aside_from: the revision that the new words were written from, where the answer has moved on since; they are
            kept as a revision that is not the current one.
        signature: of the live revision; only with an approval.
        approver: who approves; only with an approval.
        review_by: when the live revision is to be looked at again.
        content: a new revision's words.
    """

    action: str
    state: State
    live: int | None
    aside_from: int | None = None
    signature: Signature | None = None
    approver: int | None = None
    review_by: date | None = None
    content: Content | None = None
