"""A person's own side: the region they chose, everything that is kept of them, and its erasure."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from bot.errors import FixInput
from bot.storage.consents import Consent, consent_of
from bot.storage.consultations import Consultation, consultation_of
from bot.storage.engine import Database
from bot.storage.feedback import Feedback, feedback_of
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import ConsentRow, ConsultationRow, FeedbackRow, PersonRow

_LARGEST_EXACT = 2**53
"""Above it, programs that keep numbers as floats would round an id."""

_REGION = re.compile(r"[a-z][a-z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is kept of one person.

    Attributes:
        person: the person's id.
        region: the region they chose for themselves.
        consents: by server.
        consultations: earliest first.
        feedback: what they said of answers, earliest first.
    """

    person: int
    region: str | None
    consents: tuple[Consent, ...]
    consultations: tuple[Consultation, ...]
    feedback: tuple[Feedback, ...]

    def portable(self) -> dict[str, Any]:
        """Return it as JSON can hold it; ids are text, since they are larger than many programs' numbers."""
        found: dict[str, Any] = _portable(asdict(self))
        return found


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a person was erased.

    Attributes:
        region: whether they had chosen a region.
        consents: how many.
        consultations: how many rows.
        feedback: how many marks, theirs and those of others on their answers.
    """

    region: bool
    consents: int
    consultations: int
    feedback: int


class People:
    """Reads, writes and erases what belongs to a person rather than to a server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def region(self, person: int) -> str | None:
        """Return the region that a person chose for themselves, or None.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(PersonRow, person)
            return row.region if row else None

    async def choose_region(self, person: int, region: str | None) -> None:
        """Keep the region that a person chose; None takes the choice back.

        Raises:
            FixInput: that is no region's name.
            AssistantError: the database cannot be used.
        """
        if region is not None and not _REGION.fullmatch(region):
            raise FixInput("that is not the name of a region", "choose one from the list")
        async with self._database.writing() as session:
            if region is None:
                await session.execute(delete(PersonRow).where(PersonRow.person_id == person))
            else:
                row = {"person_id": person, "region": region}
                await insert_or_update(session, PersonRow, row, keys=("person_id",), update=("region",))

    async def export(self, person: int) -> Kept:
        """Return everything that is kept of a person, in every server.

        Raises:
            AssistantError: the database cannot be used.
        """
        consents = select(ConsentRow).where(ConsentRow.person_id == person).order_by(ConsentRow.server_id)
        asked = select(ConsultationRow).where(ConsultationRow.person_id == person).order_by(ConsultationRow.asked_at)
        said = select(FeedbackRow).where(FeedbackRow.person_id == person).order_by(FeedbackRow.given_at)
        async with self._database.reading() as session:
            chosen = await session.get(PersonRow, person)
            return Kept(
                person=person,
                region=chosen.region if chosen else None,
                consents=tuple(consent_of(row) for row in await session.scalars(consents)),
                consultations=tuple(consultation_of(row) for row in await session.scalars(asked)),
                feedback=tuple(feedback_of(row) for row in await session.scalars(said)),
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
            return Erased(
                region=bool(chosen.all()),
                consents=len(consents.all()),
                consultations=len(asked.all()),
                feedback=feedback or 0,
            )


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
