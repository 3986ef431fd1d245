"""What a server's managers have set."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete

from bot.errors import FixInput
from bot.storage.afterwards_tables import AfterwardsRow, ReportRow
from bot.storage.clock import Clock, utc_now
from bot.storage.curators import forget_curation
from bot.storage.engine import Database
from bot.storage.peer_tables import PeerRow
from bot.storage.scope_card import SCOPE_FIELDS, ScopeCard, scope_columns
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import CallRow, ConsentRow, ConsultationRow, FloorRow, ServerRow

RETENTION_DAYS = 90
"""Days that consultation rows are kept where a server has set none."""

LONGEST_RETENTION = 3650
"""Days that rows can be kept at most."""

_LONGEST_WORD = 100
_REGION = re.compile(r"[a-z][a-z0-9-]{1,30}")
_FEATURE = re.compile(r"[a-z][a-z0-9_]{0,31}")


class Threads(StrEnum):
    """Who sees the bot's threads."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class CrisisReview:
    """Who has read the crisis texts of a region; never a name.

    Attributes:
        region: whose texts and lines.
        role: what the reviewer is, such as "clinical supervisor".
        licence: under which licence.
        jurisdiction: where it is valid.
        on: when they read them.
    """

    region: str
    role: str
    licence: str
    jurisdiction: str
    on: date


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of one server; each has a default, so a server that set nothing has them too.

    Attributes:
        server: the server's id.
        supervisor_role: whose members may curate.
        on_call_role: whose members may be called.
        review_channel: where questions for supervisors go.
        region: whose lines are printed; the program's own where None.
        threads: who sees the bot's threads.
        retention_days: how long consultation rows are kept.
        features: which functions are switched on.
        open_channels: where the bot may answer in public.
        crisis_review: who has read the crisis texts, and for which region.
        scope: where the members work and what holds there, in the managers' words.
    """

    server: int
    supervisor_role: int | None = None
    on_call_role: int | None = None
    review_channel: int | None = None
    region: str | None = None
    threads: Threads = Threads.PRIVATE
    retention_days: int = RETENTION_DAYS
    features: frozenset[str] = frozenset()
    open_channels: frozenset[int] = frozenset()
    crisis_review: CrisisReview | None = None
    scope: ScopeCard = field(default_factory=ScopeCard)

    def reviewed_for(self, region: str) -> CrisisReview | None:
        """Return who has read the crisis texts of this region; a review of another region's does not count."""
        review = self.crisis_review
        return review if review is not None and review.region == region else None


class SettingsChanges(TypedDict, total=False):
    """The settings that can be changed; those that are left out stay as they are."""

    supervisor_role: int | None
    on_call_role: int | None
    review_channel: int | None
    region: str | None
    threads: Threads
    retention_days: int
    features: Iterable[str]
    open_channels: Iterable[int]
    crisis_review: CrisisReview | None
    scope: ScopeCard


class Servers:
    """Reads and writes the settings of servers."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def settings(self, server: int) -> ServerSettings:
        """Return a server's settings, the defaults where it has set none.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(ServerRow, server)
            return ServerSettings(server) if row is None else _settings(row)

    async def change(self, server: int, **changes: Unpack[SettingsChanges]) -> ServerSettings:
        """Change some settings; two people who change different ones at once both get theirs.

        Returns:
            All of the server's settings afterwards.

        Raises:
            FixInput: a value cannot be used.
            AssistantError: the database cannot be used.
        """
        changed = {**_columns(changes), "changed_at": self._clock()}
        row = {"server_id": server, **_columns(_DEFAULTS), **changed}
        async with self._database.writing() as session:
            await insert_or_update(session, ServerRow, row, keys=("server_id",), update=tuple(changed))
            return _settings(await session.get_one(ServerRow, server))

    async def forget(self, server: int) -> None:
        """Erase what is kept of a server that the bot has left: settings, consents, rows, feedback, curated answers.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            for table in (ServerRow, ConsentRow, ConsultationRow, CallRow, FloorRow, AfterwardsRow, ReportRow, PeerRow):
                await session.execute(delete(table).where(table.__table__.c.server_id == server))
            await forget_curation(session, server)


_DEFAULTS: SettingsChanges = {
    "threads": Threads.PRIVATE,
    "retention_days": RETENTION_DAYS,
    "features": (),
    "open_channels": (),
}


def _settings(row: ServerRow) -> ServerSettings:
    review = None
    if row.review_region is not None and row.reviewed_on is not None:
        review = CrisisReview(
            region=row.review_region,
            role=row.review_role or "",
            licence=row.review_licence or "",
            jurisdiction=row.review_jurisdiction or "",
            on=row.reviewed_on,
        )
    return ServerSettings(
        server=row.server_id,
        supervisor_role=row.supervisor_role_id,
        on_call_role=row.on_call_role_id,
        review_channel=row.review_channel_id,
        region=row.region,
        threads=Threads(row.threads),
        retention_days=row.retention_days,
        features=frozenset(row.features),
        open_channels=frozenset(row.open_channels),
        crisis_review=review,
        scope=ScopeCard(**{name: getattr(row, f"scope_{name}") or "" for name in SCOPE_FIELDS}),
    )


def _columns(changes: SettingsChanges) -> dict[str, Any]:
    """Return the columns of changes, checked."""
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        match name:
            case "supervisor_role" | "on_call_role" | "review_channel":
                columns[f"{name}_id"] = value
            case "crisis_review":
                columns |= _review_columns(changes["crisis_review"])
            case "scope":
                columns |= scope_columns(changes["scope"])
            case "features":
                columns[name] = sorted(_each_is(_FEATURE, changes["features"], "a feature"))
            case "open_channels":
                columns[name] = sorted(set(changes["open_channels"]))
            case _:
                columns[name] = value
    if (region := columns.get("region")) is not None:
        _each_is(_REGION, [region], "a region")
    if not 1 <= columns.get("retention_days", 1) <= LONGEST_RETENTION:
        raise FixInput("the days to keep rows are out of bounds", f"give a number from 1 to {LONGEST_RETENTION}")
    if (threads := columns.get("threads")) is not None:
        columns["threads"] = Threads(threads).value
    return columns


def _review_columns(review: CrisisReview | None) -> dict[str, Any]:
    names = ("review_region", "review_role", "review_licence", "review_jurisdiction", "reviewed_on")
    if review is None:
        return dict.fromkeys(names)
    _each_is(_REGION, [review.region], "a region")
    words = tuple(" ".join(text.split()) for text in (review.role, review.licence, review.jurisdiction))
    if not all(0 < len(word) <= _LONGEST_WORD for word in words):
        raise FixInput(
            "a review has a role, a licence and a jurisdiction", f"write each in at most {_LONGEST_WORD} characters"
        )
    return dict(zip(names, (review.region, *words, review.on), strict=True))


def _each_is(pattern: re.Pattern[str], words: Iterable[str], what: str) -> set[str]:
    found = set(words)
    if not all(pattern.fullmatch(word) for word in found):
        raise FixInput(
            f"that is not the name of {what}", "names have a letter first, then small letters, digits, - or _"
        )
    return found
