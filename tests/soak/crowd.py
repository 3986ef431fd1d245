"""People who do mixed things at the same time, what they were told is kept, and what of it is missing afterwards."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from bot.consult.notice import notice_version
from bot.storage.store import Store
from tests.discord.ways import CLOSE, NOTICE, consult
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.state import Channel
from tests.soak.seen import in_words, over, sight_of

PEOPLE = 25
SEED = 8

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

    def seen(self) -> Counter[str]:
        """Count what was seen of every operation."""
        return Counter(sight_of(answer, sign) for answer, sign in self.asked)

    def in_words(self) -> str:
        """Return that as it stands in the table."""
        return in_words(self.seen())


class Crowd:
    """People who do one thing after the other, each from one stream of chance.

    Attributes:
        people: who they are.
        told: what they were told.
        operations: how many there are to be in all.
        done: how many there were.
        killed: whether nobody waits for an answer any more, since the process is gone.
    """

    def __init__(self, people: list[Person], told: Told, operations: int) -> None:
        self.people = people
        self.told = told
        self.operations = operations
        self.done = 0
        self.killed = asyncio.Event()
        self._chance = random.Random(SEED)  # noqa: S311  # chance that can be repeated

    async def work(self, person: Person) -> None:
        """Do things until the process is killed or all is done."""
        while not self.killed.is_set() and self.done < self.operations:
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
        await asyncio.gather(*(self.work(person) for person in self.people))

    async def _ask(self, person: Person) -> Answer | None:
        answer = consult(person)
        if not await self._seen(answer, CLOSE):
            return None
        self.told.answers[person.user.id] += NOTICE not in answer.text
        return answer

    async def _helpful(self, answer: Answer) -> None:
        pressed = answer.press("Helpful")
        self.done += 1
        self.told.helpful += await self._seen(pressed, _HELPFUL)

    async def _region(self, person: Person) -> None:
        region = self._chance.choice(["us", "neutral"])
        answer = person.slash("my region", region=region)
        is_told = await self._seen(answer, _CHOSEN)
        self.told.regions[person.user.id] = region if is_told else None

    async def _seen(self, answer: Answer, sign: str) -> bool:
        """Wait for the end of an operation or of the process, and count what was seen."""
        ending = asyncio.create_task(self.killed.wait())
        saying = asyncio.create_task(over(answer, 60))
        await asyncio.wait({ending, saying}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        saying.cancel()
        await asyncio.gather(ending, saying, return_exceptions=True)
        self.told.asked.append((answer, sign))
        return sight_of(answer, sign) == "answered"


async def people_of(discord: LoopbackDiscord, store: Store, channel: Channel, number: int = PEOPLE) -> list[Person]:
    """Return people who have agreed to the notice before."""
    people = [discord.person(f"counselor {one}", channel) for one in range(number)]
    version = notice_version(model=False, model_notice=None)
    for person in people:
        await store.consents.give(person.user.id, channel.guild_id, notice=version)
    return people


async def missing_of(store: Store, people: list[Person], told: Told) -> tuple[int, list[str]]:
    """Return how many rows of answers that were seen are missing, and what is of what people were told is kept."""
    rows, missing, helpful = 0, list[str](), 0
    for person in people:
        number = person.user.id
        kept = await store.people.export(number)
        rows += max(0, told.answers[number] - len(kept.consultations))
        region = told.regions.get(number)
        if region and (await store.people.choices(number)).region != region:
            missing.append("a region")
        helpful += len(kept.feedback)
    return rows, [*missing, *(["marks"] if helpful < told.helpful else [])]


def in_table(rows: int, missing: list[str]) -> str:
    """Return that as it stands in the table."""
    said = [*missing, *([f"{rows} rows that say that somebody asked"] if rows else [])]
    return "; ".join(said) or "nothing that was told to be kept"
