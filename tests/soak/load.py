"""Load on the bot: `python -m tests.soak.load rate|servers`; the bot and the small Discord share this machine.

`rate` asks at rising rates and holds the highest that met both aims for a minute; with `--profile` py-spy, where it is
installed, says what the bot spent its time on. `servers` lets the bot into ten thousand servers.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.consult.notice import notice_version
from bot.settings import Settings
from bot.storage.store import open_store
from knowledge.embedding import MiniLmEmbedder
from knowledge.loader import load_corpus
from knowledge.sync import open_retriever
from tests.discord.ways import CLOSE, consult
from tests.loopback import Answer, LoopbackDiscord, Person, gateway
from tests.loopback.forms import guild_json
from tests.loopback.process import BotProcess, bot_process
from tests.loopback.state import Guild, Json, World

ACKNOWLEDGED, ANSWERED = 0.5, 2.0
"""Aims: seconds within which 95 of 100 questions are acknowledged, and answered."""

_RATES = (4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 18.0, 22.0, 27.0)
_PEOPLE = 200
_SECONDS_TO_LOOK = 0.02
_SECONDS_TO_GIVE_UP = 60.0

QUESTIONS = (
    "she just says 'fine' since I cut her off",
    "he laughed when I asked about the missed session and I went cold",
    "my client says I sound like a textbook and I think they are right",
    "I forgot what she told me last week and she noticed",
    "he wants to meet less often since I raised the fee",
    "I was ten minutes late and he said it does not matter, twice",
    "she asked whether I have children and I changed the subject",
    "he cried and I looked at the clock, and he saw it",
)


@dataclass(frozen=True)
class Held:
    """What became of questions that came at one rate.

    Attributes:
        rate: questions a second.
        acknowledged, answered: seconds of each, shortest first.
        lost: how many were not answered.
    """

    rate: float
    acknowledged: list[float]
    answered: list[float]
    lost: int

    @property
    def well(self) -> bool:
        """Whether both aims were met."""
        aims = (self.acknowledged, ACKNOWLEDGED), (self.answered, ANSWERED)
        return not self.lost and all(share(times, 0.95) <= aim for times, aim in aims)

    def __str__(self) -> str:
        times = " | ".join(
            f"{share(each, 0.5):.2f} | {share(each, 0.95):.2f}" for each in (self.acknowledged, self.answered)
        )
        return f"| {self.rate:g} | {len(self.answered)} | {times} | {self.lost} | {'yes' if self.well else 'no'} |"


HEAD = """\
| A second | Answered | Acknowledged, half | 95% | Answered, half | 95% | Lost | Both aims |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def share(times: Sequence[float], part: float) -> float:
    """Return within how many seconds this part was done."""
    return times[min(len(times) - 1, int(len(times) * part))] if times else float("inf")


class Load:
    """Questions of many people at a steady rate, whether or not earlier ones were answered."""

    def __init__(self, people: Sequence[Person]) -> None:
        """Hold the people, who have agreed to the notice."""
        self._people = people
        self._asked = 0

    async def hold(self, rate: float, seconds: float) -> Held:
        """Ask at a rate for some seconds, and wait for the answers."""
        waiting: dict[Answer, float] = {}
        took: list[float] = []
        answers: list[Answer] = []
        began = time.monotonic()
        until = began + seconds
        while time.monotonic() < until or (waiting and time.monotonic() < until + _SECONDS_TO_GIVE_UP):
            due = int((min(time.monotonic(), until) - began) * rate) + 1
            while len(answers) < due and time.monotonic() < until:
                answer = self._ask()
                waiting[answer] = time.monotonic()
                answers.append(answer)
            done = [answer for answer in waiting if CLOSE in answer.text]
            took += [time.monotonic() - waiting.pop(answer) for answer in done]
            await asyncio.sleep(_SECONDS_TO_LOOK)
        waits = [answer.interaction.wait for answer in answers]
        return Held(rate, sorted(wait for wait in waits if wait is not None), sorted(took), len(waiting))

    def _ask(self) -> Answer:
        self._asked += 1
        person = self._people[self._asked % len(self._people)]
        return consult(person, QUESTIONS[self._asked % len(QUESTIONS)])


async def agreed(discord: LoopbackDiscord, process: BotProcess, number: int = _PEOPLE) -> list[Person]:
    """Return people in one server who have agreed to the notice before."""
    guild, channel = discord.server("A large group")
    people = [discord.person(f"counselor {one}", channel) for one in range(number)]
    version = notice_version(model=False, model_notice=None)
    async with open_store(Settings(data_dir=process.data)) as store:
        for person in people:
            await store.consents.give(person.user.id, guild.id, notice=version)
    await consult(people[0]).says(CLOSE)
    return people


async def rates(index: Path, seconds: float, tried: Sequence[float], *, profile: bool) -> list[Held]:
    """Try rates one after the other for a sixth of the time each, then hold the best one for all of it."""
    held: list[Held] = []
    with tempfile.TemporaryDirectory() as scratch:
        settings = {"QUESTIONS_PER_PERSON": "100000", "QUESTIONS_PER_SERVER": "1000000"}
        async with (
            LoopbackDiscord(described=False).serve() as discord,
            bot_process(discord, Path(scratch), index, settings) as process,
        ):
            load = Load(await agreed(discord, process))
            await load.hold(tried[0], seconds / 6)
            for rate in tried:
                held.append(await load.hold(rate, seconds / 6))
                print(held[-1], flush=True)  # noqa: T201  # what this is run for
                if not held[-1].well:
                    break
            for best in sorted((one.rate for one in held if one.well), reverse=True) or [tried[0]]:
                spying = await _spy(process, seconds) if profile else None
                held.append(await load.hold(best, seconds))
                print(held[-1], flush=True)  # noqa: T201  # the same
                if spying:
                    await spying.wait()
                    print(_hottest(Path(scratch) / "stacks.txt"))  # noqa: T201  # the same
                if held[-1].well:
                    break
            print(f"the bot held {process.memory('VmHWM'):.0f} MB at most")  # noqa: T201  # the same
    return held


async def _spy(process: BotProcess, seconds: float) -> asyncio.subprocess.Process | None:
    spy = shutil.which("py-spy")
    if spy is None:
        return None
    out = str(process.folder / "stacks.txt")
    words = ["record", "--pid", str(process.pid), "--duration", f"{seconds:.0f}", "--format", "raw", "--output", out]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(spy, *words, stdout=quiet, stderr=quiet)


def _hottest(stacks: Path) -> str:
    """Return where working threads were, by our own innermost function and by the innermost of all."""
    ours, leaves, total = Counter[str](), Counter[str](), 0
    for line in stacks.read_text(encoding="utf-8").splitlines():
        frames, _, times = line.rpartition(" ")
        parts = frames.split(";")
        total += int(times)
        own = next(
            (part for part in reversed(parts) if part.split("(")[-1].startswith(("bot/", "knowledge/"))), "other"
        )
        ours[own] += int(times)
        leaves[parts[-1]] += int(times)
    lines = [f"{count / max(1, total):6.1%} {name}" for name, count in ours.most_common(14)]
    return "\n".join([*lines, "innermost:", *(f"{c / max(1, total):6.1%} {n}" for n, c in leaves.most_common(14))])


async def servers(index: Path, count: int, channels: int, roles: int) -> tuple[float, float, float]:
    """Let the bot into one server, then so many more; return the megabytes of both at most, and seconds to come in."""

    def whole(world: World, guild: Guild) -> Json:
        bare = guild_json(World(), guild) if guild.id in made else guild_json(world, guild)
        own = made.get(guild.id)
        return bare if own is None else {**bare, **own}

    made: dict[int, Json] = {}
    with tempfile.TemporaryDirectory() as scratch, patch.object(gateway, "guild_json", whole):
        async with LoopbackDiscord(described=False).serve() as discord:
            discord.server("The first")
            async with bot_process(discord, Path(scratch), index, {}) as process:
                await process.terminate()
                await process.start()  # the first start may have brought the index up to date
                await asyncio.sleep(2)
                before = process.memory("VmHWM")
                await process.terminate()
                for number in range(count):
                    guild = discord.world.add_guild(f"Group {number}", discord.world.bot)
                    made[guild.id] = _furnished(discord.world, guild, channels, roles)
                began = time.monotonic()
                await process.start()
                await process.prints(f"in {count + 1} servers", within=300)
                took = time.monotonic() - began
                await asyncio.sleep(2)
                return before, process.memory("VmHWM"), took


def _furnished(world: World, guild: Guild, channels: int, roles: int) -> Json:
    """Return the channels and roles of a server as Discord sends them."""
    plain: Json = {"type": 0, "topic": None, "nsfw": False, "permission_overwrites": [], "parent_id": None, "flags": 0}
    role = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0, "permissions": "0"}
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    everyone = {**role, "id": str(guild.id), "name": "@everyone", "position": 0, "colors": colors}
    return {
        "channels": [
            {**plain, "id": str(world.clock.new_id()), "name": f"channel-{number}", "position": number}
            for number in range(channels)
        ],
        "roles": [
            everyone,
            *(
                {
                    **role,
                    "id": str(world.clock.new_id()),
                    "name": f"role {number}",
                    "position": number,
                    "colors": colors,
                }
                for number in range(1, roles + 1)
            ),
        ],
    }


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the first word names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["rate", "servers"])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the best rate is held")
    parser.add_argument("--rates", default=",".join(f"{rate:g}" for rate in _RATES), help="what is tried, rising")
    parser.add_argument("--profile", action="store_true", help="let py-spy look meanwhile")
    parser.add_argument("--servers", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=1, help="of each server")
    parser.add_argument("--roles", type=int, default=0, help="of each server")
    parser.add_argument("--index", type=Path, help="a data folder with an index; one is built without it")
    asked = parser.parse_args(words)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", file=sys.stderr)  # noqa: T201  # the conditions
    with tempfile.TemporaryDirectory() as scratch:
        index = asked.index or Path(scratch)
        if asked.index is None:
            open_retriever(index, load_corpus(), MiniLmEmbedder())
        if asked.what == "rate":
            print(HEAD)  # noqa: T201  # what this is run for
            tried = [float(rate) for rate in asked.rates.split(",")]
            asyncio.run(rates(index, asked.seconds, tried, profile=asked.profile))
        else:
            before, after, took = asyncio.run(servers(index, asked.servers, asked.channels, asked.roles))
            times = f"{after:.0f} MB at most, {before:.0f} MB with one, {took:.1f} s to come in"
            print(f"{asked.servers:,} servers: {times}")  # noqa: T201  # the same


if __name__ == "__main__":
    main()
