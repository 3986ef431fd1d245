"""What supervisors do with curated answers; who may is asked by the caller, on the server's side, every time."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.curation import review
from bot.curation.files import name_of
from bot.curation.history import History, difference, read_history
from bot.curation.likeness import Beside, Likeness
from bot.curation.review import Approval, Move
from bot.curation.screening import Screen, Screened
from bot.curation.views import Views
from bot.errors import FixInput
from bot.storage.answers import Entry, Taken
from bot.storage.clock import Clock, utc_now
from bot.storage.curated import Answer, Change, Content, Origin, Signature, State
from bot.storage.store import Store

FORMER_MEMBER = "a former member"
"""Stands where an author or approver has asked to be forgotten."""

Nudge = Callable[[int], None]
"""Tells whoever keeps the index that a server's answers have changed; returns at once."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was kept, and how many identifiers of each kind were taken out of its words."""

    answer: Answer
    removed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit came to.

    Attributes:
        answer: where it stands now.
        removed: how many identifiers of each kind were taken out of the words.
        aside: the number of the revision that keeps these words, where somebody else was faster; None otherwise.
        difference: from the current words to these, as lines of a unified diff; empty where nobody was faster.
    """

    answer: Answer
    removed: tuple[tuple[str, int], ...]
    aside: int | None = None
    difference: tuple[str, ...] = ()


class Curation:
    """The use cases of curation; one instance serves all servers.

    Attributes:
        views: those of second views.
    """

    def __init__(
        self,
        store: Store,
        screen: Screen,
        *,
        nudge: Nudge = lambda _: None,
        likeness: Likeness | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Hold the parts.

        Args:
            store: the truth.
            screen: reads every text on its way in.
            likeness: compares drafts with what is there; without it nothing stands beside any.
            nudge: called with a server after what is live in it may have changed.
            clock: the time.
        """
        self._store = store
        self._answers = store.answers
        self._screen = screen
        self.views = Views(store, screen)
        self._likeness = likeness
        self._nudge = nudge
        self._clock = clock

    async def new(
        self, server: int, person: int, content: Content, *, origin: Origin = Origin.NEW, credit: int | None = None
    ) -> Kept:
        """Keep a new draft, without what identifies anybody.

        Raises:
            FixInput: the words cannot be kept.
            AssistantError: the database cannot be used.
        """
        screened = await self._screened(content)
        taken = frozenset(answer.name for answer in await self._answers.listed(server))
        entry = Entry(name_of(screened.content.title, taken), screened.content, credit)
        (kept,) = await self._answers.take_in(server, person, [entry], origin=origin)
        return Kept(kept.answer, screened.removed)

    async def bring_in(self, server: int, person: int | None, entries: Iterable[Entry]) -> tuple[Taken, ...]:
        """Keep answers from files as drafts, all or none; what is the same already is left alone.

        What reads like present danger is kept with a remark, which stands before whoever approves it.

        Raises:
            FixInput: the words of one cannot be kept; its name stands in the sentence.
            AssistantError: the database cannot be used.
        """
        screened = []
        for entry in entries:
            try:
                found = await self._screened(entry.content)
            except FixInput as error:
                raise FixInput(f"{entry.name}: {error.problem}", error.mend) from None
            remark = await asyncio.to_thread(self._screen.remark, entry.content)
            screened.append(Entry(entry.name, found.content, entry.credit, remark))

        def revise(answer: Answer, content: Content) -> Change:
            try:
                return review.edited(answer, content, answer.revision)
            except FixInput as error:
                raise FixInput(f"{answer.name}: {error.problem}", error.mend) from None

        return await self._answers.take_in(server, person, screened, origin=Origin.FILE, revise=revise)

    async def edit(
        self, server: int, answer: uuid.UUID, person: int, content: Content, *, base: int, why: str | None = None
    ) -> Edited:
        """Keep new words as a revision; where somebody else was faster, they are kept aside and the editor is told.

        Args:
            server: whose answer.
            answer: which.
            person: who edits.
            content: all of the words.
            base: the revision that the editor had before them.
            why: their reason.

        Raises:
            FixInput: the words cannot be kept, or the answer is retired.
            AssistantError: the database cannot be used.
        """
        screened = await self._screened(content)
        reason = await self._line(why, "the reason") if why else None
        made: list[Change] = []

        def decide(now: Answer) -> Change:
            made.append(review.edited(now, screened.content, base))
            return made[-1]

        changed = await self._answers.change(server, answer, person, decide, why=reason)
        if made[-1].aside_from is None:
            return Edited(changed, screened.removed)
        revisions = await self._answers.revisions(server, answer)
        current = next(one for one in revisions if one.number == changed.revision)
        mine = max(
            one.number for one in revisions if one.content is not None and one.content.digest == screened.content.digest
        )
        return Edited(changed, screened.removed, mine, difference(changed.name, current.content, screened.content))

    async def beside(self, answer: Answer, content: Content) -> Beside:
        """Return what says already what a draft says, and the cards whose questions it takes."""
        return await self._likeness.beside(answer.server, content, answer.id) if self._likeness else Beside()

    async def submit(self, server: int, answer: uuid.UUID, person: int) -> Answer:
        """Ask for approval.

        Raises:
            FixInput: it is no draft.
            AssistantError: the database cannot be used.
        """
        return await self._answers.change(server, answer, person, lambda now: review.moved(now, Move.SUBMIT))

    async def approve(
        self, server: int, answer: uuid.UUID, person: int, *, revision: int, signature: Signature
    ) -> Answer:
        """Let askers get a revision.

        Args:
            server: whose answer.
            answer: which.
            person: who approves.
            revision: the one that they have read.
            signature: what they sign with.

        Raises:
            FixInput: it has changed since, its author approves it, its words point at somebody, or it does not wait.
            AssistantError: the database cannot be used.
        """
        found = await self._answers.revisions(server, answer, [revision])
        if not found or found[0].content is None:
            raise FixInput(f"the answer has no words at revision {revision}", "look at its history")
        await asyncio.to_thread(self._screen.require_general, found[0].content)
        rules = await self._store.supervisors.rules(server)
        approval = Approval(person, signature, revision, found[0].author, rules)
        approved = await self._answers.change(server, answer, person, lambda now: review.approved(now, approval))
        self._nudge(server)
        return approved

    async def reject(self, server: int, answer: uuid.UUID, person: int, *, why: str) -> Answer:
        """Send a text back with a reason.

        Raises:
            FixInput: there is no reason, or it does not wait for approval.
            AssistantError: the database cannot be used.
        """
        reason = await self._line(why, "the reason")
        return await self._answers.change(
            server, answer, person, lambda now: review.moved(now, Move.REJECT), why=reason
        )

    async def retire(self, server: int, answer: uuid.UUID, person: int, *, why: str | None = None) -> Answer:
        """Take an answer from askers; its words stay in its history.

        Raises:
            FixInput: it is retired already.
            AssistantError: the database cannot be used.
        """
        reason = await self._line(why, "the reason") if why else None
        retired = await self._answers.change(
            server, answer, person, lambda now: review.moved(now, Move.RETIRE), why=reason
        )
        self._nudge(server)
        return retired

    async def restore(self, server: int, answer: uuid.UUID, person: int, *, revision: int | None = None) -> Answer:
        """Make a draft of a retired or rejected answer, or of an earlier revision's words.

        Raises:
            FixInput: it is neither retired nor rejected, or that revision's words were wiped.
            AssistantError: the database cannot be used.
        """
        if revision is None:
            return await self._answers.change(server, answer, person, lambda now: review.moved(now, Move.RESTORE))
        found = await self._answers.revisions(server, answer, [revision])
        if not found or found[0].content is None:
            raise FixInput(f"the answer has no words at revision {revision}", "look at its history")
        words = found[0].content
        return await self._answers.change(server, answer, person, lambda now: review.brought_back(now, words))

    async def redact(self, server: int, answer: uuid.UUID, revision: int, person: int, *, why: str) -> Answer:
        """Take the words of a revision away for good; the event stays.

        Raises:
            FixInput: there is no such revision, or no reason.
            AssistantError: the database cannot be used.
        """
        reason = await self._line(why, "the reason")
        wiped = await self._answers.wipe(server, answer, revision, person, why=reason)
        self._nudge(server)
        return wiped

    async def history(self, server: int, answer: uuid.UUID) -> History:
        """Return everything that became of an answer.

        Raises:
            FixInput: the server has no such answer.
            AssistantError: the database cannot be used.
        """
        return await read_history(self._store, server, answer)

    async def queue(self, server: int) -> tuple[Answer, ...]:
        """Return what waits for approval, longest first.

        Raises:
            AssistantError: the database cannot be used.
        """
        return await self._answers.listed(server, [State.SUBMITTED])

    async def due(self, server: int) -> tuple[Answer, ...]:
        """Return what is live and has to be looked at again, whatever is being done to it.

        Raises:
            AssistantError: the database cannot be used.
        """
        return await self._answers.listed(server, due_by=self._clock().date())

    async def mark_due(self) -> int:
        """Let approved answers fall due whose day has passed; the daily turn of one process. Safe to repeat.

        Raises:
            AssistantError: the database cannot be used.
        """
        by_server: defaultdict[int, list[uuid.UUID]] = defaultdict(list)
        for answer in await self._answers.overdue(self._clock().date()):
            by_server[answer.server].append(answer.id)
        marked = 0
        for server, answers in by_server.items():
            marked += await self._answers.change_all(
                server, answers, None, lambda now: review.moved(now, Move.FALL_DUE)
            )
        return marked

    async def _screened(self, content: Content) -> Screened:
        return await asyncio.to_thread(self._screen.content, content)

    async def _line(self, text: str, where: str, **limits: int) -> str:
        return await asyncio.to_thread(lambda: self._screen.line(text, where, **limits))
