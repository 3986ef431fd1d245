"""kill -9 of the bot at random points of mixed operations; nothing that somebody was told is kept may be gone."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from bot.consult.notice import notice_version
from bot.settings import Settings
from bot.storage.store import Store, open_store
from tests.discord.ways import CLOSE, NOTICE, consult
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.process import BotProcess
from tests.loopback.state import Channel
from tests.soak.conftest import StartsBot
from tests.soak.seen import in_words, over, sight_of
from tests.soak.table import Row, Table

pytestmark = [pytest.mark.soak, pytest.mark.timeout(400)]

_OPERATIONS = 500
_PEOPLE = 25
_SECONDS = 150.0
_SEED = 8

_CHOSEN = "crisis lines"
_HELPFUL = "noted as helpful"


@dataclass
class Told:
    """What people were told is kept, and therefore has to be there.

    Attributes:
        answers: how many answers each person saw.
        regions: what each person chose last and was told so; None where a later choice was left without a word.
        helpful: how many answers somebody marked and was told so.
        asked: every operation, with what is to be read where it went well.
    """

    answers: Counter[int] = field(default_factory=Counter)
    regions: dict[int, str | None] = field(default_factory=dict)
    helpful: int = 0
    asked: list[tuple[Answer, str]] = field(default_factory=list)


class Crowd:
    """People who do one thing after the other, each from one stream of chance."""

    def __init__(self, people: list[Person], told: Told) -> None:
        self._people = people
        self._told = told
        self._chance = random.Random(_SEED)  # noqa: S311  # chance that can be repeated
        self.done = 0
        self.killed = asyncio.Event()

    async def work(self, person: Person) -> None:
        """Do things until the process is killed or all is done."""
        while not self.killed.is_set() and self.done < _OPERATIONS:
            self.done += 1
            match self._chance.choice(["ask", "ask", "helpful", "region"]):
                case "region":
                    await self._region(person)
                case "ask":
                    await self._ask(person)
                case _:
                    answer = await self._ask(person)
                    if answer is not None:
                        await self._helpful(answer)

    async def everybody(self) -> None:
        """Let all work at the same time."""
        await asyncio.gather(*(self.work(person) for person in self._people))

    async def _ask(self, person: Person) -> Answer | None:
        answer = consult(person)
        if not await self._seen(answer, CLOSE):
            return None
        self._told.answers[person.user.id] += NOTICE not in answer.text
        return answer

    async def _helpful(self, answer: Answer) -> None:
        pressed = answer.press("Helpful")
        self.done += 1
        self._told.helpful += await self._seen(pressed, _HELPFUL)

    async def _region(self, person: Person) -> None:
        region = self._chance.choice(["us", "neutral"])
        answer = person.slash("my region", region=region)
        is_told = await self._seen(answer, _CHOSEN)
        self._told.regions[person.user.id] = region if is_told else None

    async def _seen(self, answer: Answer, sign: str) -> bool:
        """Wait for the end of an operation or of the process, and count what was seen."""
        ending = asyncio.create_task(self.killed.wait())
        saying = asyncio.create_task(over(answer, 60))
        await asyncio.wait({ending, saying}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        saying.cancel()
        await asyncio.gather(ending, saying, return_exceptions=True)
        self._told.asked.append((answer, sign))
        return sight_of(answer, sign) == "answered"


async def _crowd(discord_here: LoopbackDiscord, store: Store, channel: Channel) -> list[Person]:
    people = [discord_here.person(f"counselor {number}", channel) for number in range(_PEOPLE)]
    version = notice_version(model=False, model_notice=None)
    for person in people:
        await store.consents.give(person.user.id, channel.guild_id, notice=version)
    return people


async def _missing(store: Store, people: list[Person], told: Told) -> list[str]:
    """Return what is not kept of what people were told."""
    missing, helpful = [], 0
    for person in people:
        number = person.user.id
        kept = await store.people.export(number)
        if len(kept.consultations) < told.answers[number]:
            missing.append(f"{told.answers[number] - len(kept.consultations)} rows of answers")
        region = told.regions.get(number)
        if region and (await store.people.choices(number)).region != region:
            missing.append("a region")
        helpful += len(kept.feedback)
    return [*missing, *(["marks"] if helpful < told.helpful else [])]


async def _kill_at_random(process: BotProcess, crowd: Crowd, chance: random.Random) -> None:
    working = asyncio.create_task(crowd.everybody())
    await asyncio.wait({working}, timeout=chance.uniform(0.3, 4.0))
    await process.kill()
    crowd.killed.set()
    await working
    crowd.killed = asyncio.Event()


async def test_kill_9_at_random_points_of_mixed_operations(
    discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    _, channel = discord_here.server()
    chance, told, kills, backs = random.Random(_SEED), Told(), 0, list[float]()  # noqa: S311  # as above
    async with (
        starts_bot(QUESTIONS_PER_PERSON="1000", QUESTIONS_PER_SERVER="100000") as process,
        open_store(Settings(data_dir=process.data)) as store,
    ):
        people = await _crowd(discord_here, store, channel)
        crowd, until = Crowd(people, told), time.monotonic() + _SECONDS
        while crowd.done < _OPERATIONS and time.monotonic() < until:
            await _kill_at_random(process, crowd, chance)
            kills += 1
            began = time.monotonic()
            await process.start()
            await consult(people[0]).says(CLOSE)
            told.answers[people[0].user.id] += 1
            backs.append(time.monotonic() - began)
        missing = await _missing(store, people, told)
        await asyncio.sleep(2)

    seen = Counter[str](sight_of(answer, sign) for answer, sign in told.asked)
    fault = f"`kill -9` of the bot, {kills} times in {crowd.done} mixed operations of {_PEOPLE} people at once"
    lost = "; ".join(missing) or "nothing that was told to be kept"
    table.add(Row(fault, in_words(seen), max(backs), lost))
    assert missing == []
    assert seen["left thinking"] == 0
    assert kills > 1
