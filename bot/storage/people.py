"""A person's own side: the region they chose, everything that is kept of them, and its erasure."""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from bot.errors import FixInput
from bot.storage.afterwards_tables import AfterwardsRow
from bot.storage.calls import Call, call_of
from bot.storage.consents import Consent, consent_of
from bot.storage.consultations import Consultation, consultation_of
from bot.storage.curators import CuratorErased, CuratorKept, forget_curator, kept_of
from bot.storage.engine import Database
from bot.storage.feedback import Feedback, feedback_of
from bot.storage.peers import forget_peer, peers_of
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import CallRow, ConsentRow, ConsultationRow, FeedbackRow, PersonRow

_LARGEST_EXACT = 2**53
"""Above it, programs that keep numbers as floats would round an id."""

_REGION = re.compile(r"[a-z][a-z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose for themselves, wherever they ask.

    Attributes:
        region: whose lines are printed; the server's, or the program's own, where None.
        plain: whether answers come as plain text, for screen readers and older clients.
        reflect: whether they are asked to reflect before each answer.
    """

    region: str | None = None
    plain: bool = False
    reflect: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is kept of one person.

    Attributes:
        person: the person's id.
        choices: what they chose for themselves.
        consents: by server.
        consultations: earliest first.
        feedback: what they said of answers, earliest first.
        afterwards: in which server they want to be asked later, and when, earliest first.
        peers: in which peer consultations they take part at present, as what.
        curation: their part in curation, and what they put to supervisors.
        calls: that they called the on-call role, until the daily deletion.
    """

    person: int
    choices: Choices
    consents: tuple[Consent, ...]
    consultations: tuple[Consultation, ...]
    feedback: tuple[Feedback, ...]
    afterwards: tuple[dict[str, Any], ...] = ()
    peers: tuple[dict[str, Any], ...] = ()
    curation: CuratorKept = field(default_factory=CuratorKept)
    calls: tuple[Call, ...] = ()

    def portable(self) -> dict[str, Any]:
        """Return it as JSON can hold it; ids are text, since they are larger than many programs' numbers."""
        found: dict[str, Any] = _portable(asdict(self))
        return found


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a person was erased.

    Attributes:
        choices: whether they had chosen anything for themselves.
        consents: how many.
        consultations: how many rows.
        feedback: how many marks, theirs and those of others on their answers.
        afterwards: how many questions for later.
        curation: of their part in curation.
        calls: how many calls of the on-call role.
    """

    choices: bool
    consents: int
    consultations: int
    feedback: int
    afterwards: int = 0
    curation: CuratorErased = field(default_factory=CuratorErased)
    calls: int = 0


class People:
    """Reads, writes and erases what belongs to a person rather than to a server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def choices(self, person: int) -> Choices:
        """Return what a person chose for themselves, the defaults where they chose nothing.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(PersonRow, person)
            return _choices_of(row)

    async def choose_region(self, person: int, region: str | None) -> None:
        """Keep the region that a person chose; None takes the choice back.

        Raises:
            FixInput: that is no region's name.
            AssistantError: the database cannot be used.
        """
        if region is not None and not _REGION.fullmatch(region):
            raise FixInput("that is not the name of a region", "choose one from the list")
        await self._choose(person, region=region)

    async def choose_plain(self, person: int, *, plain: bool) -> None:
        """Keep whether a person wants answers as plain text.

        Raises:
            AssistantError: the database cannot be used.
        """
        await self._choose(person, plain=plain)

    async def choose_reflect(self, person: int, *, reflect: bool) -> None:
        """Keep whether a person wants to reflect before each answer.

        Raises:
            AssistantError: the database cannot be used.
        """
        await self._choose(person, reflect=reflect)

    async def _choose(self, person: int, **chosen: str | bool | None) -> None:
        """Keep one choice beside the others; a row without any is deleted."""
        row = {"person_id": person, **asdict(Choices()), **chosen}
        no_choice = (PersonRow.region.is_(None), PersonRow.plain.is_(False), PersonRow.reflect.is_(False))
        async with self._database.writing() as session:
            await insert_or_update(session, PersonRow, row, keys=("person_id",), update=tuple(chosen))
            await session.execute(delete(PersonRow).where(PersonRow.person_id == person, *no_choice))

    async def export(self, person: int) -> Kept:
        """Return everything that is kept of a person, in every server.

        Raises:
            AssistantError: the database cannot be used.
        """
        consents = select(ConsentRow).where(ConsentRow.person_id == person).order_by(ConsentRow.server_id)
        asked = select(ConsultationRow).where(ConsultationRow.person_id == person).order_by(ConsultationRow.asked_at)
        said = select(FeedbackRow).where(FeedbackRow.person_id == person).order_by(FeedbackRow.given_at)
        called = select(CallRow).where(CallRow.person_id == person).order_by(CallRow.begun_at)
        later = select(AfterwardsRow).where(AfterwardsRow.person_id == person).order_by(AfterwardsRow.due_at)
        async with self._database.reading() as session:
            chosen = await session.get(PersonRow, person)
            return Kept(
                person=person,
                choices=_choices_of(chosen),
                consents=tuple(consent_of(row) for row in await session.scalars(consents)),
                consultations=tuple(consultation_of(row) for row in await session.scalars(asked)),
                feedback=tuple(feedback_of(row) for row in await session.scalars(said)),
                afterwards=tuple(
                    {"server": row.server_id, "cards": row.cards, "due_at": row.due_at}
                    for row in await session.scalars(later)
                ),
                peers=await peers_of(session, person),
                curation=await kept_of(session, person),
                calls=tuple(call_of(row) for row in await session.scalars(called)),
            )

    async def forget(self, person: int) -> Erased:
        """Erase everything that is kept of a person, in every server; all of it, or nothing where it fails.

        Raises:
            AssistantError: the database cannot be used.
        """
        theirs = select(ConsultationRow.consultation_id).where(ConsultationRow.person_id == person)
        of_feedback = (FeedbackRow.person_id == person) | FeedbackRow.consultation_id.in_(theirs)
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            feedback = await session.scalar(select(func.count()).select_from(FeedbackRow).where(of_feedback))
            asked = await session.execute(
                delete(ConsultationRow)
                .where(ConsultationRow.person_id == person)
                .returning(ConsultationRow.consultation_id)
            )
            await session.execute(delete(FeedbackRow).where(FeedbackRow.person_id == person))
            consents = await session.execute(
                delete(ConsentRow).where(ConsentRow.person_id == person).returning(ConsentRow.server_id)
            )
            chosen = await session.execute(
                delete(PersonRow).where(PersonRow.person_id == person).returning(PersonRow.person_id)
            )
            calls = await session.execute(
                delete(CallRow).where(CallRow.person_id == person).returning(CallRow.consultation_id)
            )
            later = await session.execute(
                delete(AfterwardsRow).where(AfterwardsRow.person_id == person).returning(AfterwardsRow.question_id)
            )
            await forget_peer(session, person)
            return Erased(
                choices=bool(chosen.all()),
                consents=len(consents.all()),
                consultations=len(asked.all()),
                feedback=feedback or 0,
                afterwards=len(later.all()),
                curation=await forget_curator(session, person),
                calls=len(calls.all()),
            )


def _choices_of(row: PersonRow | None) -> Choices:
    return Choices(row.region, row.plain, row.reflect) if row else Choices()


def _portable(value: Any) -> Any:  # noqa: ANN401  # any part of a dataclass
    match value:
        case dict():
            return {key: _portable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_portable(inner) for inner in value]
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case int() if not isinstance(value, bool) and value > _LARGEST_EXACT:
            return str(value)
        case _:
            return value
