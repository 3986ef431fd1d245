"""The bot's way into Discord and out of it, against a small Discord on this machine."""

import asyncio
import logging
import os
import re
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import discord
import pytest

from bot.client import SupervisionBot, invite_link, run_bot
from bot.cogs.failures import STOPPED
from bot.cogs.registration import CommandsRegistered
from bot.consult.desk import Desk
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice
from bot.consult.outcome import Withheld
from bot.errors import AssistantError, GetToken, TryAgainLater
from bot.safety.verdicts import CALM
from bot.settings import Settings
from bot.storage.store import Store, open_store
from knowledge.entry import Corpus
from tests.cogs.conftest import curation_of, library_of
from tests.cogs.fakes import FakeComposer, FakeConsultant, reply
from tests.loopback import TOKEN, Answer, LoopbackDiscord, nothing_listens
from tests.rehearse.fakes import rehearsals_of

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def discord_here(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord().serve() as loopback:
        loopback.point(monkeypatch)
        yield loopback


@pytest.fixture
def heard() -> list[str]:
    """What the bot announces."""
    return []


@pytest.fixture
async def store(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Store]:
    """What is kept, in SQLite."""
    shutil.copy(migrated_file, tmp_path)
    async with open_store(Settings(data_dir=tmp_path)) as opened:
        yield opened


class MakeBot:
    """Makes a bot around a consultant."""

    def __init__(self, store: Store, corpus: Corpus, folder: Path) -> None:
        self._store = store
        self._corpus = corpus
        self._folder = folder

    def __call__(
        self,
        consultant: FakeConsultant,
        announce: Callable[[str], None],
        composer: FakeComposer | None = None,
        *,
        shard: int | None = None,
    ) -> SupervisionBot:
        worder = composer or FakeComposer(reply("an answer"))
        desk = Desk(
            consultant=consultant,
            composers=lambda *_: worder,
            store=self._store,
            limits=Limits(person=100, server=100),
            model=ModelNotice(),
            region="us",
        )
        registered = CommandsRegistered(self._folder / "registered")
        return SupervisionBot(
            desk=desk,
            store=self._store,
            curation=curation_of(self._store),
            corpus=self._corpus,
            library=library_of(self._corpus),
            rehearsals=rehearsals_of(self._corpus),
            registered=registered,
            announce=announce,
            shard_ids=None if shard is None else [shard],
            shard_count=None if shard is None else 2,
        )


@pytest.fixture
def make_bot(store: Store, corpus: Corpus, tmp_path: Path) -> MakeBot:
    return MakeBot(store, corpus, tmp_path)


@pytest.fixture
async def bot(make_bot: MakeBot, heard: list[str]) -> SupervisionBot:
    return make_bot(FakeConsultant(), heard.append)


async def _announced(heard: list[str], count: int) -> None:
    async with asyncio.timeout(30):
        while len(heard) < count:  # noqa: ASYNC110  # a list has no event
            await asyncio.sleep(0.01)


async def _ask(discord_here: LoopbackDiscord, store: Store) -> Answer:
    """Let somebody who has seen the notice ask in a direct message; the bot has acknowledged it."""
    counselor = discord_here.person("counselor")
    await store.consents.give(counselor.user.id, None, notice=ModelNotice().version)
    return await counselor.slash("consult", question="a question").acknowledged()


async def test_the_bot_wants_no_privileged_intent_and_lets_no_mention_through(bot: SupervisionBot) -> None:
    assert [name for name, wanted in bot.intents if wanted] == ["guilds", "guild_messages", "dm_messages"]
    assert not any(getattr(bot.intents, name) for name in ("message_content", "members", "presences"))
    assert bot.allowed_mentions is not None
    assert dict(bot.allowed_mentions.to_dict()) == {"parse": []}


async def test_a_wrong_token_is_refused_with_the_way_to_get_a_right_one(
    bot: SupervisionBot, discord_here: LoopbackDiscord
) -> None:
    with pytest.raises(GetToken) as refused:
        await run_bot(bot, "wrong.token.here")

    assert "Discord refuses DISCORD_TOKEN" in str(refused.value)
    assert "Reset Token" in str(refused.value)
    assert "wrong.token.here" not in str(refused.value)
    assert discord_here.requests == ["GET /users/@me"]
    assert bot.is_closed()


@pytest.mark.parametrize("token", ["a token", "tok\nen", "t\u00f6ken", "token\x00"])
async def test_a_token_that_cannot_be_one_is_not_sent(
    token: str, bot: SupervisionBot, discord_here: LoopbackDiscord
) -> None:
    with pytest.raises(GetToken, match="characters that no token has"):
        await run_bot(bot, token)

    assert discord_here.requests == []


async def test_an_unreachable_discord_is_a_sentence(bot: SupervisionBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_listens(monkeypatch), pytest.raises(TryAgainLater, match=r"cannot be reached .* check the network"):
        await run_bot(bot, TOKEN)

    assert bot.is_closed()


async def test_a_connection_lost_at_login_is_a_sentence(bot: SupervisionBot, discord_here: LoopbackDiscord) -> None:
    discord_here.faults.cut("GET /users/@me", times=9)
    with pytest.raises(TryAgainLater, match="cannot be reached"):
        await run_bot(bot, TOKEN)


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_discord_that_does_not_let_the_bot_in_for_now_is_a_sentence(
    status: int, bot: SupervisionBot, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.fail("GET /users/@me", status=status)
    with pytest.raises(TryAgainLater, match=f"Discord answered {status} at login"):
        await run_bot(bot, TOKEN)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (4004, GetToken, "no longer accepts DISCORD_TOKEN"),
        (4013, TryAgainLater, "closed the connection with code 4013"),
    ],
)
async def test_a_gateway_that_shows_the_bot_the_door_is_a_sentence(
    code: int, kind: type[AssistantError], words: str, bot: SupervisionBot, discord_here: LoopbackDiscord
) -> None:
    discord_here.gateway.close_code = code
    with pytest.raises(kind, match=words):
        await run_bot(bot, TOKEN)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_is_clean_and_leaves_the_signals_as_they_were(
    signal_number: signal.Signals, bot: SupervisionBot, discord_here: LoopbackDiscord
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    running = asyncio.create_task(run_bot(bot, TOKEN))
    await discord_here.entered(running)

    os.kill(os.getpid(), signal_number)
    await running

    assert bot.is_closed()
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


async def test_the_commands_are_registered_and_the_invitation_is_said_when_the_bot_is_in_no_server(
    bot: SupervisionBot, discord_here: LoopbackDiscord, heard: list[str]
) -> None:
    running = asyncio.create_task(run_bot(bot, TOKEN))
    await discord_here.entered(running)
    await bot.wait_until_ready()
    os.kill(os.getpid(), signal.SIGTERM)
    await running

    assert "PUT /applications/100/commands" in discord_here.requests
    assert heard == [f"Ready as supervision, but in no server yet; invite it with {invite_link(100)}"]


async def test_an_answer_in_flight_is_finished_before_the_bot_stops(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    running = asyncio.create_task(run_bot(make_bot(FakeConsultant(Withheld(CALM), seconds=0.5), heard.append), TOKEN))
    await discord_here.entered(running)
    answer = await _ask(discord_here, store)

    os.kill(os.getpid(), signal.SIGTERM)
    await running

    assert answer.text.startswith("an answer\nBring it to your supervisor.")


async def test_who_waits_for_an_answer_that_takes_too_long_is_told_to_ask_again(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    slow = FakeConsultant(Withheld(CALM), seconds=60)
    running = asyncio.create_task(run_bot(make_bot(slow, heard.append), TOKEN, patience=0.2))
    await discord_here.entered(running)
    answer = await _ask(discord_here, store)

    began = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)
    await running

    assert answer.text == STOPPED
    assert time.monotonic() - began < 5


async def test_a_question_that_comes_while_the_bot_stops_is_answered_too(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM), seconds=0.5)
    composer = FakeComposer(reply("first"), reply("second"))
    bot = make_bot(consultant, heard.append, composer)
    running = asyncio.create_task(run_bot(bot, TOKEN))
    await discord_here.entered(running)
    one = await _ask(discord_here, store)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    two = await _ask(discord_here, store)
    await running

    assert [answer.text.partition("\n")[0] for answer in (one, two)] == ["first", "second"]


async def test_a_second_signal_does_not_wait_for_answers(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    stopped: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    try:
        running = asyncio.create_task(run_bot(make_bot(FakeConsultant(Withheld(CALM), seconds=1), heard.append), TOKEN))
        await discord_here.entered(running)
        await _ask(discord_here, store)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.1)
        assert not running.done()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
        assert stopped == [signal.SIGTERM]
        await running
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_bot_that_may_not_go_on_finishes_its_answers_and_says_why(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    taken = asyncio.Event()

    async def guard() -> None:
        await taken.wait()
        raise TryAgainLater("another process has taken over shard 0 of this one", "stop one")

    bot = make_bot(FakeConsultant(Withheld(CALM), seconds=0.3), heard.append)
    running = asyncio.create_task(run_bot(bot, TOKEN, guard=guard))
    await discord_here.entered(running)
    answer = await _ask(discord_here, store)
    taken.set()
    with pytest.raises(TryAgainLater, match="has taken over shard 0"):
        await running

    assert answer.text.startswith("an answer")
    assert bot.is_closed()


async def test_of_two_processes_each_has_its_own_servers_and_one_registers_the_commands(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    places = [discord_here.server("server")]
    while len({(guild.id >> 22) % 2 for guild, _ in places}) < 2:  # by the millisecond in which it was made
        await asyncio.sleep(0.001)
        places.append(discord_here.server("server"))
    asking = len(places) + 1
    composer = FakeComposer(*[reply("an answer")] * asking)
    consultant = FakeConsultant(*[Withheld(CALM)] * asking)
    bots = [make_bot(consultant, heard.append, composer, shard=number) for number in (0, 1)]
    running = [asyncio.create_task(bot.start(TOKEN)) for bot in bots]
    await _announced(heard, 2)
    people = [discord_here.person("counselor", channel) for _, channel in places] + [discord_here.person("alone")]
    for person, server in zip(people, [*(guild.id for guild, _ in places), None], strict=True):
        await store.consents.give(person.user.id, server, notice=ModelNotice().version)
    answers = [await person.slash("consult", question="a question").says("an answer") for person in people]

    for number, bot in enumerate(bots):
        assert {guild.id for guild in bot.guilds} == {one.id for one, _ in places if (one.id >> 22) % 2 == number}
        assert bot.connected
    assert [answer.text.count("an answer") for answer in answers] == [1] * asking
    assert discord_here.requests.count("PUT /applications/100/commands") == 1
    assert sum("with shard 0 of 2: /consult answers there." in said for said in heard) == 1
    await asyncio.gather(*(bot.close() for bot in bots))
    await asyncio.gather(*running)


async def test_what_people_did_while_the_connection_was_gone_is_answered_though_the_first_attempt_failed(
    discord_here: LoopbackDiscord, make_bot: MakeBot, store: Store, heard: list[str]
) -> None:
    bot = make_bot(FakeConsultant(Withheld(CALM)), heard.append)
    running = asyncio.create_task(bot.start(TOKEN))
    await _announced(heard, 1)
    counselor = discord_here.person("counselor")
    await store.consents.give(counselor.user.id, None, notice=ModelNotice().version)
    gateway, asked = discord_here.gateway, list[Answer]()
    gateway.meanwhile(lambda: asked.append(counselor.slash("consult", question="a question")))

    gateway.drop(0.2)
    await discord_here.world.changes.until(lambda: asked, what="the resumption", within=30)
    await asked[0].says("an answer")

    assert (gateway.identified, gateway.resumed) == (1, 1)
    shard = bot.get_shard(0)
    assert shard is not None
    assert shard._parent._backoff._exp == 0
    assert bot.connected
    await bot.close()
    await running


async def test_a_process_whose_shard_has_no_server_says_so(
    discord_here: LoopbackDiscord, make_bot: MakeBot, heard: list[str]
) -> None:
    bot = make_bot(FakeConsultant(), heard.append, shard=1)
    running = asyncio.create_task(bot.start(TOKEN))
    await _announced(heard, 1)
    await bot.close()
    await running

    assert heard == ["Ready as supervision, but in no server of shard 1 of 2."]
    assert "PUT /applications/100/commands" not in discord_here.requests


async def test_an_event_handler_that_fails_is_logged_without_content(
    discord_here: LoopbackDiscord, make_bot: MakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("what a person wrote")

    bot = make_bot(FakeConsultant(), fail)
    with caplog.at_level(logging.DEBUG, "bot"):
        running = asyncio.create_task(run_bot(bot, TOKEN))
        await discord_here.entered(running)
        await bot.wait_until_ready()
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        await running

    (record,) = [record for record in caplog.records if record.getMessage() == "event failed"]
    assert record.__dict__["fields"] == {"command": "on_ready", "error": "RuntimeError"}


def test_the_invitation_asks_for_both_scopes_and_no_permission() -> None:
    assert invite_link(100) == discord.utils.oauth_url(
        100, permissions=discord.Permissions(0), scopes=["bot", "applications.commands"]
    )
    assert "permissions=0" in invite_link(100)
    assert "scope=bot+applications.commands" in invite_link(100)


def test_the_page_about_discord_gives_the_invitation_and_the_intents_as_they_are(bot: SupervisionBot) -> None:
    page = (Path(__file__).parent.parent / "docs" / "discord.md").read_text(encoding="utf-8")
    wanted = [name for name, is_wanted in bot.intents if is_wanted]

    assert f"\n{invite_link(100).replace('100', 'YOUR_APPLICATION_ID')}\n" in page
    assert re.findall(r"^\| `(\w+)` \| (?:yes|no) \|", page, re.MULTILINE) == wanted
