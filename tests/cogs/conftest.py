"""Fixtures of the tests that run the bot in a simulated Discord."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import simcord
from discord import context_managers
from simcord import interactions
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle

from bot.client import SupervisionBot
from bot.cogs import progress
from bot.cogs.registration import CommandsRegistered
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice
from bot.consult.ports import Answers, Composes
from bot.consult.reply import Composer
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.rehearse.rehearsals import Rehearsals
from bot.safety.verdicts import Redaction
from bot.settings import Settings
from bot.storage.clock import Clock, utc_now
from bot.storage.place import FILE_NAME
from bot.storage.store import Store, open_store
from knowledge.entry import Corpus
from knowledge.screens import load_safety_texts
from tests.cogs.fakes import redacted
from tests.consult.fakes import FakePrivacyScreen, FakeRetriever, found
from tests.rehearse.fakes import rehearsals_of

_NO_MODEL = ModelNotice()
SECONDS_OF_WORK = 800
"""How long a slow answer takes in the simulated time; less than the 15 minutes that a token of an interaction lives."""

SECONDS_OF_PROGRESS = 400
"""How long it is in the simulated time until progress is shown, and shown again."""

_SECONDS_TO_SETTLE = 30
"""The real screens take their time on a busy machine; whatever waits longer in a test waits for the simulated clock."""


class Room:
    """One server with one channel, a counselor, a colleague and a manager, and the bot in it.

    Attributes:
        env: the simulated Discord.
        desk: takes questions.
        store: what is kept, in SQLite.
        bot: the bot.
    """

    def __init__(
        self,
        env: simcord.Env,
        store: Store,
        made: tuple[Desk, SupervisionBot],
        make: Callable[[Answers, Composes], tuple[Desk, SupervisionBot]],
    ) -> None:
        self.env = env
        self.store = store
        self.desk, self.bot = made
        self._make = make
        self.guild: GuildHandle = env.create_guild()
        self.channel: ChannelHandle = self.guild.create_text_channel("consultation")
        self.counselor: MemberActor = self.guild.add_member(env.create_user("counselor"))
        self.colleague: MemberActor = self.guild.add_member(env.create_user("colleague"))

    async def agree(self, *people: MemberActor) -> None:
        """Let people have seen the notice in this server; the counselor where nobody is named."""
        for person in people or (self.counselor,):
            await self.store.consents.give(person.id, self.guild.id, notice=self.desk.model.version)

    async def restart(self, consultant: Answers, composer: Composes) -> None:
        """Start the bot anew, with nothing in memory; what is kept stays, and the messages that it has sent."""
        self.desk, self.bot = self._make(consultant, composer)
        await self.env.restart_bot(self.bot)

    def requests(self) -> list[str]:
        """Return the bot's requests about interactions, in order, without ids and tokens."""
        names = {"callback": "callback", "@original": "original"}
        paths = [(entry.method, entry.path) for entry in self.env.http_requests]
        about = [
            (method, path.split("/")) for method, path in paths if path.startswith(("/interactions/", "/webhooks/"))
        ]
        return [f"{method} {names.get(steps[-1], 'followup')}" for method, steps in about]


class EnterRoom:
    """Runs a bot with a consultant and a composer in a server; errors are looked at by the tests themselves."""

    def __init__(self, folder: Path, corpus: Corpus, migrated_file: Path) -> None:
        self._folder = folder
        self._corpus = corpus
        self._migrated_file = migrated_file

    @asynccontextmanager
    async def __call__(  # noqa: PLR0913  # what a test may want otherwise, each by its name
        self,
        consultant: Answers,
        composer: Composes,
        *,
        model: ModelNotice = _NO_MODEL,
        person: int = 1000,
        server: int = 1000,
        agreed: bool = True,
        library: Library | None = None,
        rehearsals: Rehearsals | None = None,
        clock: Clock = utc_now,
    ) -> AsyncIterator[Room]:
        if not (self._folder / FILE_NAME).exists():
            shutil.copy(self._migrated_file, self._folder)
        async with open_store(Settings(data_dir=self._folder), clock=clock) as store:

            def make(consultant: Answers, composer: Composes) -> tuple[Desk, SupervisionBot]:
                desk = Desk(
                    consultant=consultant,
                    composers=lambda *_: composer,
                    store=store,
                    limits=Limits(person=person, server=server),
                    model=model,
                    region="us",
                )
                registered = CommandsRegistered(self._folder / "registered")
                return desk, SupervisionBot(
                    desk=desk,
                    store=store,
                    curation=curation_of(store),
                    corpus=self._corpus,
                    library=library or library_of(self._corpus),
                    rehearsals=rehearsals or rehearsals_of(self._corpus),
                    registered=registered,
                )

            made = make(consultant, composer)
            options = {"check_errors": False, "settle_timeout": _SECONDS_TO_SETTLE, "shard_count": 1}
            async with simcord.run(made[1], **options) as env:
                room = Room(env, store, made, make)
                if agreed:
                    await room.agree()
                yield room


def curation_of(store: Store) -> Curation:
    """Return the use cases of curation; "Maria" is an identifier to its screen, as to the fake consultant."""
    return Curation(store, Screen(_TakesOutMaria()))


class _TakesOutMaria:
    def redact(self, text: str) -> Redaction | None:
        return redacted(text)


def library_of(corpus: Corpus) -> Library:
    """Return a library whose searches find the first cards, and whose privacy screen passes everything."""
    return Library(corpus=corpus, retriever=FakeRetriever(found(*corpus.cards[:4])), privacy=FakePrivacyScreen())


@pytest.fixture(autouse=True)
def added_to_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say of interactions in a server that the bot was added to it, which the simulated Discord leaves open."""
    base_payload = interactions.base_payload

    def with_owners(
        backend: object, *, guild_id: int | None, user_id: int, **given: object
    ) -> tuple[object, dict[str, Any]]:
        record, payload = base_payload(backend, guild_id=guild_id, user_id=user_id, **given)  # type: ignore[arg-type]
        payload["authorizing_integration_owners"] = {"0": str(guild_id)} if guild_id else {"1": str(user_id)}
        return record, payload

    monkeypatch.setattr(interactions, "base_payload", with_owners)


@pytest.fixture(scope="session")
def composer(corpus: Corpus) -> Composer:
    """The real composer, with the lines of the United States."""
    return Composer(corpus, load_safety_texts("us"))


async def _sleep_between_signs_of_typing(_: float) -> None:
    await asyncio.sleep(SECONDS_OF_WORK)


@pytest.fixture
def enter_room(tmp_path: Path, corpus: Corpus, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> EnterRoom:
    """Run a bot in a server, with what it keeps in a folder of the test; its database is migrated already.

    Progress and the sign of typing come rarely in the simulated time: simcord waits in real time for whatever is due
    before it gives up waiting.
    """
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", SECONDS_OF_PROGRESS)
    monkeypatch.setattr(
        context_managers, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": _sleep_between_signs_of_typing})
    )
    return EnterRoom(tmp_path, corpus, migrated_file)
