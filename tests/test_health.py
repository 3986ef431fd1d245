"""What `run --health` answers: alive, ready and why not, and counts without anyone's id."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FixInput, TryAgainLater
from bot.health import Address, Check, Readiness, serving_health


def _part(reason: str | None) -> Check:
    async def look() -> str | None:
        return reason

    return look


@asynccontextmanager
async def _serving(**parts: Check) -> AsyncIterator[str]:
    async with serving_health(
        Address("127.0.0.1", 0), Readiness(parts), lambda: (b"counts 1\n", "text/plain")
    ) as bound:
        yield f"http://{bound}"


async def _get(address: str) -> SimpleNamespace:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return SimpleNamespace(status=answer.status, text=await answer.text(), kind=answer.content_type)


@pytest.mark.parametrize(
    ("typed", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("8080", "127.0.0.1", 8080),
        (":8080", "127.0.0.1", 8080),
        ("10.0.0.1:80", "10.0.0.1", 80),
        ("[::1]:9", "::1", 9),
        ("localhost:0", "localhost", 0),
    ],
)
def test_an_address_without_a_host_is_this_machine_alone(typed: str, host: str, port: int) -> None:
    assert Address.read(typed) == Address(host, port)


@pytest.mark.parametrize(
    "typed", ["", ":", "host", "host:", "127.0.0.1:x", "1:2:3", "::1:80", "h:65536", "a b:1", "http://h:1"]
)
def test_what_is_no_address_is_refused_with_the_form(typed: str) -> None:
    with pytest.raises(FixInput, match=r"write it as 127\.0\.0\.1:8080, or as a port alone"):
        Address.read(typed)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_refused(typed: str) -> None:
    try:
        address = Address.read(typed)
    except FixInput:
        return
    assert Address.read(str(address)) == address


@pytest.mark.parametrize(
    ("host", "private"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("h", False)],
)
def test_only_loopback_is_private(*, host: str, private: bool) -> None:
    assert Address(host, 1).private is private


async def test_it_is_alive_and_ready_where_every_part_is() -> None:
    async with _serving(gateway=_part(None), database=_part(None)) as address:
        alive, ready = await _get(f"{address}/livez"), await _get(f"{address}/readyz")
    assert (alive.status, alive.text) == (200, "alive\n")
    assert (ready.status, ready.kind) == (200, "application/json")
    assert ready.text == (
        '{"ready": true, "parts": {"gateway": {"ready": true, "reason": null}, '
        '"database": {"ready": true, "reason": null}}}'
    )


async def test_a_part_that_is_not_ready_is_named_and_it_is_alive_all_the_same() -> None:
    async def broken() -> str | None:
        raise TryAgainLater("PostgreSQL on secret-host cannot be reached", "start it")

    async def stuck() -> str | None:
        await asyncio.sleep(60)
        return None

    async with _serving(gateway=_part("not connected to Discord"), database=broken, index=stuck) as address:
        alive, ready = await _get(f"{address}/livez"), await _get(f"{address}/readyz")
    assert (alive.status, ready.status) == (200, 503)
    assert '"gateway": {"ready": false, "reason": "not connected to Discord"}' in ready.text
    assert '"database": {"ready": false, "reason": "cannot be used (TryAgainLater)"}' in ready.text
    assert '"index": {"ready": false, "reason": "did not answer in time"}' in ready.text
    assert "secret-host" not in ready.text


async def test_parts_are_looked_at_once_a_second_however_often_it_is_asked() -> None:
    looks = 0
    now = 0.0

    async def counted() -> str | None:
        nonlocal looks
        looks += 1
        return None

    readiness = Readiness({"database": counted}, clock=lambda: now)
    await asyncio.gather(*(readiness.look() for _ in range(20)))
    assert looks == 1
    now = 1.5
    await readiness.look()
    assert looks == 2


async def test_the_counts_are_given_and_nothing_else_is() -> None:
    async with _serving() as address:
        counts, other = await _get(f"{address}/metrics"), await _get(f"{address}/etc/passwd")
    assert (counts.status, counts.text) == (200, "counts 1\n")
    assert other.status == 404


async def test_without_the_package_for_counts_the_rest_answers() -> None:
    async with serving_health(Address("127.0.0.1", 0), Readiness({})) as bound:
        counts, ready = await _get(f"http://{bound}/metrics"), await _get(f"http://{bound}/readyz")
    assert (counts.status, counts.text) == (501, 'There are no metrics; install the extra "metrics".\n')
    assert ready.status == 200


async def test_an_address_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FixInput) as refused:
            async with serving_health(Address("127.0.0.1", port), Readiness({})):
                pass
    assert f"nothing can listen at 127.0.0.1:{port} for --health (" in str(refused.value)
    assert "stop what listens there already" in str(refused.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_interface_that_is_not_there_is_one_sentence(host: str) -> None:
    with pytest.raises(FixInput, match=f"nothing can listen at {host}:8080"):
        async with serving_health(Address(host, 8080), Readiness({})):
            pass
