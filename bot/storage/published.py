"""What of the curated answers is live: read by whoever finds answers, and by whoever keeps the index equal to it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.curated import Content, Live, SecondView
from bot.storage.curation_rows import answer_of, view_of
from bot.storage.curation_tables import AnswerRow, CurationRow, RevisionRow, SecondViewRow
from bot.storage.engine import Database

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Publication:
    """An answer that became live, changed, or ceased to be: the live revision is None then."""

    answer: uuid.UUID
    live: int | None


class Published:
    """Reads the live revisions of one server at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def version(self, server: int) -> int:
        """Return the number that grows with each change of a server's answers; 0 where it has none.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            return await _version(session, server)

    async def versions(self) -> dict[int, int]:
        """Return the number of every server that has curated something.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            rows = await session.execute(select(CurationRow.server_id, CurationRow.version))
            return {server: version for server, version in rows}  # noqa: C416  # rows are no pairs to mypy

    async def pulse(self) -> tuple[int, int]:
        """Return two numbers that differ after any change in any server; one cheap query for those who wait.

        Raises:
            AssistantError: the database cannot be used.
        """
        counted = select(func.count(), func.coalesce(func.sum(CurationRow.version), 0))
        async with self._database.reading() as session:
            servers, versions = (await session.execute(counted)).one()
            return int(servers), int(versions)

    async def since(self, server: int, version: int) -> tuple[int, tuple[Publication, ...]]:
        """Return a server's number and what was published or taken back after an earlier number.

        Raises:
            AssistantError: the database cannot be used.
        """
        changed = select(AnswerRow.answer_id, AnswerRow.live).where(
            AnswerRow.server_id == server, AnswerRow.published > version
        )
        async with self._database.reading() as session:
            # The number first: what is committed in between is seen twice then, and never missed.
            now = await _version(session, server)
            rows = (await session.execute(changed.order_by(AnswerRow.published, AnswerRow.answer_id))).all()
        return now, tuple(Publication(answer, live) for answer, live in rows)

    async def live(self, server: int, answers: Sequence[uuid.UUID]) -> dict[uuid.UUID, Live]:
        """Return the live words of some answers of a server; what is not live, or another server's, is left out.

        Raises:
            AssistantError: the database cannot be used.
        """
        found: dict[uuid.UUID, Live] = {}
        for start in range(0, len(answers), _AT_ONCE):
            part = answers[start : start + _AT_ONCE]
            live = (RevisionRow.answer_id == AnswerRow.answer_id) & (RevisionRow.number == AnswerRow.live)
            wanted = (
                select(AnswerRow, RevisionRow.content)
                .join(RevisionRow, live)
                .where(AnswerRow.server_id == server, AnswerRow.answer_id.in_(part))
            )
            async with self._database.reading() as session:
                rows = (await session.execute(wanted)).all()
                views = await _views(session, [row.answer_id for row, _ in rows])
            for row, content in rows:
                if content is not None:
                    words = Content.from_json(content)
                    found[row.answer_id] = Live(answer_of(row), words, tuple(views.get(row.answer_id, ())))
        return found


async def _version(session: AsyncSession, server: int) -> int:
    return await session.scalar(select(CurationRow.version).where(CurationRow.server_id == server)) or 0


async def _views(session: AsyncSession, answers: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[SecondView]]:
    shown = select(SecondViewRow).where(
        SecondViewRow.answer_id.in_(answers), SecondViewRow.approved_at.is_not(None), SecondViewRow.text.is_not(None)
    )
    views: dict[uuid.UUID, list[SecondView]] = {}
    for row in await session.scalars(shown.order_by(SecondViewRow.approved_at)):
        views.setdefault(row.answer_id, []).append(view_of(row))
    return views
