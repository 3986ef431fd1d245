"""How many questions are taken in a while: never more than were set, and the time to wait is right."""

from hypothesis import given
from hypothesis import strategies as st

from bot.consult.exchange import Asker
from bot.consult.limits import WINDOW_SECONDS, Limits


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


_STEPS = st.lists(
    st.tuples(st.floats(0, 400), st.integers(1, 3), st.sampled_from([None, 7, 8])), min_size=1, max_size=60
)


@given(steps=_STEPS, person=st.integers(1, 4), server=st.integers(1, 6))
def test_never_more_questions_are_taken_in_ten_minutes_than_were_set(
    steps: list[tuple[float, int, int | None]], person: int, server: int
) -> None:
    clock = HandClock()
    limits = Limits(person=person, server=server, clock=clock)
    taken: list[tuple[float, int, int | None]] = []
    for pause, who, where in steps:
        clock.now += pause
        if limits.take(Asker(who, where, 1)) == 0:
            taken.append((clock.now, who, where))
    for at, who, where in taken:
        window = [one for one in taken if at - WINDOW_SECONDS < one[0] <= at]
        assert sum(one[1] == who for one in window) <= person
        assert where is None or sum(one[2] == where for one in window) <= server


@given(steps=_STEPS, person=st.integers(1, 4), server=st.integers(1, 6))
def test_whoever_waits_as_long_as_told_is_taken_and_nobody_sooner(
    steps: list[tuple[float, int, int | None]], person: int, server: int
) -> None:
    clock = HandClock()
    limits = Limits(person=person, server=server, clock=clock)
    for pause, who, where in steps:
        clock.now += pause
        wait = limits.take(Asker(who, where, 1))
        assert 0 <= wait <= WINDOW_SECONDS + 0.001
        if wait:
            before = clock.now
            clock.now = before + wait * 0.99 - 0.001
            assert limits.take(Asker(who, where, 1)) > 0 or clock.now < before
            clock.now = before + wait + 0.001
            assert limits.take(Asker(who, where, 1)) == 0


def test_a_question_that_is_not_taken_does_not_lengthen_the_wait() -> None:
    clock = HandClock()
    limits = Limits(person=1, server=10, clock=clock)
    asker = Asker(1, 7, 1)
    assert limits.take(asker) == 0
    clock.now += 100
    assert [limits.take(asker) for _ in range(5)] == [WINDOW_SECONDS - 100] * 5


def test_the_limit_of_a_server_is_that_servers_and_direct_messages_have_none() -> None:
    limits = Limits(person=100, server=1, clock=HandClock())
    assert limits.take(Asker(1, 7, 1)) == 0
    assert limits.take(Asker(2, 7, 1)) == WINDOW_SECONDS
    assert limits.take(Asker(2, 8, 1)) == 0
    assert [limits.take(Asker(3, None, 1)) for _ in range(3)] == [0, 0, 0]


def test_whoever_was_stopped_by_the_servers_limit_has_not_used_up_their_own() -> None:
    clock = HandClock()
    limits = Limits(person=1, server=1, clock=clock)
    assert limits.take(Asker(1, 7, 1)) == 0
    assert limits.take(Asker(2, 7, 1)) > 0
    assert limits.take(Asker(2, None, 1)) == 0
