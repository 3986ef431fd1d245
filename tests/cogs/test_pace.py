"""Two hundred who arrive in one instant begin a few at a time, in their order, and others are seen to in between."""

import asyncio
import itertools

from bot.cogs.pace import Pace


class _Work:
    """A clock of the loop's own work, which goes on by as much as each beginning takes."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_beginnings_come_in_their_order_and_the_loop_comes_back_in_between() -> None:
    work, begun, seen = _Work(), list[int](), list[int]()
    pace = Pace(work)

    async def begin(number: int) -> None:
        await pace.turn()
        begun.append(number)
        work.now += 0.005

    async def see_to_others() -> None:
        while len(begun) < 50:
            seen.append(len(begun))
            await asyncio.sleep(0)

    await asyncio.gather(*(begin(number) for number in range(50)), see_to_others())

    assert begun == list(range(50))
    between = [after - before for before, after in itertools.pairwise(seen)]
    assert max(between) <= 5
    assert len(seen) >= 9


async def test_one_who_comes_alone_waits_for_nobody() -> None:
    work = _Work()
    pace = Pace(work)
    for _ in range(3):
        work.now += 10
        waiting = asyncio.ensure_future(pace.turn())
        await asyncio.sleep(0)
        assert waiting.done()


async def test_who_takes_long_to_begin_keeps_nobody_out_for_good() -> None:
    work, begun = _Work(), list[int]()
    pace = Pace(work)

    async def begin(number: int) -> None:
        await pace.turn()
        begun.append(number)
        work.now += 10

    await asyncio.gather(*(begin(number) for number in range(4)))

    assert begun == [0, 1, 2, 3]
