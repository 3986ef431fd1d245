"""Takes a question from wherever it was asked: danger first, then consent, limits and the answer, and its row."""

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import TypeAlias

from bot import log
from bot.consult.course import Watch
from bot.consult.exchange import Asker, Conversations, Exchange
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice, consent_notice
from bot.consult.observer import UNOBSERVED, Observer
from bot.consult.outcome import Consultation, CrisisReferral
from bot.consult.ports import Answers, Composers, Composes
from bot.consult.reflection import NOTHING_TYPED, Typed
from bot.consult.reply import Reply
from bot.consult.rows import row_of
from bot.consult.scope_card import with_scope
from bot.errors import AssistantError, TryAgainLater
from bot.safety.verdicts import Redaction
from bot.storage.consents import Consent, WriterChoice
from bot.storage.people import Choices
from bot.storage.servers import RETENTION_DAYS, ServerSettings
from bot.storage.store import Store
from knowledge.entry import Review
from knowledge.errors import KnowledgeError

_SECONDS_TO_LOOK_UP = 2.0
"""So long a question waits for what is kept of its asker before it is read for danger without that."""

_SECONDS_OF_PATIENCE, _SECONDS_FOR_A_WISH = 20.0, 1.0
"""So long it waits in all, since hundreds who ask at once stand in line for the records; and for a wish to reflect."""


@dataclass(frozen=True, slots=True)
class ConsentFirst:
    """The asker has not seen the notice here; nothing but danger was read of the question.

    Attributes:
        notice: what they have to see.
        model: whether there is a language model that they may do without.
    """

    notice: str
    model: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many questions; the next one is taken after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What was chosen by the server and the asker."""

    server: ServerSettings | None = None
    person: Choices = field(default_factory=Choices)
    consent: Consent | None = None

    @property
    def built_in(self) -> bool:
        """Whether the asker wants no language model to read their questions."""
        return self.consent is not None and self.consent.writer is WriterChoice.BUILT_IN


Handled: TypeAlias = Exchange | ConsentFirst | Wait


class Desk:
    """Where every question arrives; one instance serves all."""

    def __init__(  # noqa: PLR0913  # each collaborator by its name
        self,
        *,
        consultant: Answers,
        composers: Composers,
        store: Store,
        limits: Limits,
        model: ModelNotice,
        region: str,
        conversations: Conversations | None = None,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """Hold the collaborators.

        Args:
            consultant: answers questions.
            composers: word replies, by region.
            store: what is kept.
            limits: how many questions are taken.
            model: what is told of the language model.
            region: whose lines are printed where nobody chose another.
            conversations: what was said before.
            observer: told of each consultation.
        """
        self.conversations = conversations or Conversations()
        self.model = model
        self._consultant = consultant
        self._composers = composers
        self._store = store
        self._limits = limits
        self._region = region
        self._observer = observer

    @property
    def region(self) -> str:
        """Whose lines are printed where nobody chose another."""
        return self._region

    async def ask(
        self, asker: Asker, question: str, *, reflection: Typed = NOTHING_TYPED, watch: Watch = lambda _: None
    ) -> Handled:
        """Answer a question, or say what stands before that; danger is answered whatever stands before.

        Args:
            asker: who asks, and where.
            question: as typed.
            reflection: what they reflected on first, as typed.
            watch: told the name of each stage when it begins.

        Raises:
            TryAgainLater: the records cannot be reached, and the question tells of no danger.
            AssistantError: as above; its class names the mend.
        """
        turns, said = self.conversations.turns(asker), "\n".join(filter(None, (question, reflection.text)))
        looking = asyncio.create_task(self._chosen(asker, _SECONDS_OF_PATIENCE))
        try:
            await asyncio.wait({looking}, timeout=_SECONDS_TO_LOOK_UP)
            is_known = looking.done() and looking.exception() is None
            if not is_known and (referral := await self._consultant.danger(said, turns)):
                return await self._close(asker, said, Consultation(referral), _Chosen())
            chosen = await looking
        finally:
            looking.cancel()
        before = self._before(asker, chosen)
        if before is not None:
            if referral := await self._consultant.danger(said, turns):
                return await self._close(asker, said, Consultation(referral), chosen)
            return before
        consultation = await self._consultant.answer(
            question, turns, server=asker.server, models=not chosen.built_in, reflection=reflection, watch=watch
        )
        return await self._close(asker, said, consultation, chosen)

    async def danger(self, asker: Asker, text: str) -> Exchange | None:
        """Read a text for danger only, whatever is switched off; None where there is none."""
        referral = await self._consultant.danger(text, self.conversations.turns(asker))
        if referral is None:
            return None
        try:
            chosen = await self._chosen(asker)
        except AssistantError:
            chosen = _Chosen()
        return await self._close(asker, text, Consultation(referral), chosen)

    async def redact(self, text: str) -> Redaction | None:
        """Return what somebody typed beside a question, without identifiers; None where one may still stand in it."""
        return await self._consultant.redact(text)

    async def reads_danger(self, text: str) -> CrisisReferral | None:
        """Read somebody's text for danger by itself; nothing of it is kept, and nobody is taken to have asked."""
        return await self._consultant.danger(text)

    async def refer(self, asker: Asker, referral: CrisisReferral) -> Exchange:
        """Return the steps for a danger that was read before, as this person has to see them; nothing is kept."""
        try:
            chosen = await self._chosen(asker)
        except AssistantError:
            chosen = _Chosen()
        return self._exchange(asker, Consultation(referral), chosen)

    async def consent(self, asker: Asker, writer: WriterChoice) -> None:
        """Keep that the asker has seen the notice, and who may write their answers.

        Raises:
            AssistantError: the records cannot be reached.
        """
        await self._store.consents.give(asker.person, asker.server, notice=self.model.version, writer=writer)

    def steps(self, referral: CrisisReferral, region: str | None = None) -> Reply:
        """Return the steps for a danger, for whoever has to see them once more."""
        return self._composer(region or self._region, None)[0].compose(referral)

    def close(self, region: str | None = None) -> str:
        """Return the close by itself, for what is shown beside replies."""
        return self._composer(region or self._region, None)[0].close()

    async def close_for(self, asker: Asker) -> str:
        """Return the close with the lines of a person's own region; the program's where that cannot be looked up."""
        try:
            return self.close(self._region_of(await self._chosen(asker)))
        except AssistantError:
            return self.close()

    async def plain(self, person: int) -> bool:
        """Tell whether a person wants plain text; no where that cannot be looked up."""
        try:
            async with asyncio.timeout(_SECONDS_TO_LOOK_UP):
                return (await self._store.people.choices(person)).plain
        except (AssistantError, TimeoutError):
            return False

    async def reflects_first(self, asker: Asker, *, wanted: bool | None = None) -> bool:
        """Tell whether somebody who has seen the notice wants to reflect first; no where that cannot be looked up.

        Args:
            asker: who asks, and where.
            wanted: what they chose for this question; what they chose for all of theirs where None.
        """
        if wanted is False:
            return False
        try:
            async with asyncio.timeout(_SECONDS_FOR_A_WISH):
                if not wanted and not (await self._store.people.choices(asker.person)).reflect:
                    return False
                return self._has_seen_notice(await self._store.consents.find(asker.person, asker.server))
        except (AssistantError, TimeoutError):
            return False

    def _has_seen_notice(self, consent: Consent | None) -> bool:
        return consent is not None and consent.notice == self.model.version

    async def _chosen(self, asker: Asker, seconds: float | None = None) -> _Chosen:
        try:
            async with asyncio.timeout(seconds or _SECONDS_TO_LOOK_UP):
                return _Chosen(
                    await self._store.servers.settings(asker.server) if asker.server else None,
                    await self._store.people.choices(asker.person),
                    await self._store.consents.find(asker.person, asker.server),
                )
        except TimeoutError:
            raise TryAgainLater("the records cannot be reached", "try again in a minute") from None

    def _before(self, asker: Asker, chosen: _Chosen) -> ConsentFirst | Wait | None:
        """Return what stands before an answer, if anything."""
        if not self._has_seen_notice(chosen.consent):
            days = chosen.server.retention_days if chosen.server else RETENTION_DAYS
            notice = consent_notice(days=days, model=self.model.configured, model_notice=self.model.words)
            return ConsentFirst(notice, self.model.configured)
        wait = self._limits.take(asker)
        return Wait(wait) if wait else None

    async def _close(self, asker: Asker, question: str, consultation: Consultation, chosen: _Chosen) -> Exchange:
        """Compose the reply, keep the turn in memory and the row in the records."""
        self._observer.consulted(consultation)
        exchange = self._exchange(asker, consultation, chosen)
        self.conversations.add(question, exchange)
        if chosen.consent is not None:
            await self._record(exchange)
        return exchange

    def _exchange(self, asker: Asker, consultation: Consultation, chosen: _Chosen) -> Exchange:
        composer, region = self._composer(self._region_of(chosen), chosen.server)
        reply = composer.compose(consultation.outcome, built_in=self.model.configured and chosen.built_in)
        if chosen.server is not None:
            reply = with_scope(reply, consultation.outcome, chosen.server.scope)
        return Exchange(
            id=uuid.uuid4(),
            asker=asker,
            consultation=consultation,
            reply=reply,
            region=region,
            server=chosen.server,
            plain=chosen.person.plain,
        )

    def _region_of(self, chosen: _Chosen) -> str:
        return chosen.person.region or (chosen.server.region if chosen.server else None) or self._region

    def _composer(self, region: str, server: ServerSettings | None) -> tuple[Composes, str]:
        """Return the composer for a region, and whose lines it prints."""
        try:
            return self._composers(region, _review(server, region)), region
        except KnowledgeError:
            # A region that was chosen once and whose file is gone must not cost anyone their steps.
            return self._composers(None, _review(server, self._region)), self._region

    async def _record(self, exchange: Exchange) -> None:
        try:
            async with asyncio.timeout(_SECONDS_OF_PATIENCE):
                await self._store.consultations.record(row_of(exchange))
        except (AssistantError, TimeoutError, ValueError) as error:
            # The asker gets the answer all the same; what is lost is a row of ids.
            log.event("consultation not recorded", error=type(error).__name__)


def _review(server: ServerSettings | None, region: str) -> Review | None:
    found = server.reviewed_for(region) if server else None
    if found is None:
        return None
    try:
        return Review(role=found.role, licence=found.licence, jurisdiction=found.jurisdiction, date=found.on)
    except ValueError:
        # A review that does not count must not cost anyone their steps; they say that nobody has reviewed them.
        return None
