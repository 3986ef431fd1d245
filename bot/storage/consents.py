"""Who has seen the notice where, and which writer they allow."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.statements import insert_or_update
from bot.storage.tables import DIRECT, ConsentRow


class WriterChoice(StrEnum):
    """Who may write a person's answers."""

    ANY = "any"
    BUILT_IN = "built_in"


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's consent in one server.

    Attributes:
        person: the person's id.
        server: the server's id; None in direct messages and where the bot was not added to the server.
        notice: the version of the notice that they saw.
        writer: who may write their answers.
        given_at: when, in UTC.
    """

    person: int
    server: int | None
    notice: str
    writer: WriterChoice
    given_at: datetime


class Consents:
    """Reads and writes consents."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def find(self, person: int, server: int | None) -> Consent | None:
        """Return a person's consent in a server, whichever version of the notice it was for.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(ConsentRow, (person, server or DIRECT))
            return consent_of(row) if row else None

    async def give(
        self, person: int, server: int | None, *, notice: str, writer: WriterChoice = WriterChoice.ANY
    ) -> Consent:
        """Keep a consent, in place of an earlier one.

        Raises:
            AssistantError: the database cannot be used.
        """
        consent = Consent(person, server, notice, writer, self._clock())
        row = {
            "person_id": person,
            "server_id": server or DIRECT,
            "notice": notice,
            "writer": writer.value,
            "given_at": consent.given_at,
        }
        async with self._database.writing() as session:
            keys, update = ("person_id", "server_id"), ("notice", "writer", "given_at")
            await insert_or_update(session, ConsentRow, row, keys=keys, update=update)
        return consent

    async def withdraw(self, person: int, server: int | None) -> None:
        """Take a consent back; that there is none is no error.

        Raises:
            AssistantError: the database cannot be used.
        """
        ours = (ConsentRow.person_id == person, ConsentRow.server_id == (server or DIRECT))
        async with self._database.writing() as session:
            await session.execute(delete(ConsentRow).where(*ours))


def consent_of(row: ConsentRow) -> Consent:
    """Return a row as a consent."""
    return Consent(row.person_id, row.server_id or None, row.notice, WriterChoice(row.writer), row.given_at)
