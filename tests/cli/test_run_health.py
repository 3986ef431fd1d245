"""`supervision-bot run --health`: which parts it looks at, and what stands in its way."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.cli import run
from bot.cli.health import HealthDesk
from bot.cli.main import main
from bot.settings import Settings
from bot.storage.store import open_store
from knowledge.errors import WaitForVectorServer
from knowledge.manifest import Manifest
from knowledge.sync import _SCHEMA


@dataclass
class FakeGateway:
    """A client that is connected or not."""

    connected: bool = False
    guilds: list[object] = field(default_factory=list)


@dataclass(frozen=True)
class FakeCorpus:
    digest: str = "these-cards"


@dataclass(frozen=True)
class FakeServices:
    """What the health looks at."""

    settings: Settings
    corpus: FakeCorpus = FakeCorpus()
    place: object = None


class DeadPlace:
    """A server with the vectors that does not answer."""

    def look(self) -> None:
        raise WaitForVectorServer("it does not answer", "look at it")


def _index(folder: Path, *, corpus: str = "these-cards", ready: bool = True) -> None:
    (folder / "index").mkdir(parents=True, exist_ok=True)
    manifest = Manifest(_SCHEMA, "e", corpus, 1, "v", ready=ready, seal="")
    (folder / "index" / "manifest.json").write_text(json.dumps(asdict(manifest)))


def _spoil(folder: Path) -> None:
    for path in folder.glob("supervision.db*"):
        path.write_bytes(b"no database, whatever its name says " * 300)


async def _reasons(address: object) -> dict[str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/readyz") as answer:
        found = await answer.json()
    return {name: part["reason"] for name, part in found["parts"].items() if not part["ready"]}


async def test_each_part_that_is_not_ready_is_told_and_none_once_all_are(tmp_path: Path) -> None:
    said: list[str] = []
    desk = HealthDesk("127.0.0.1:0", said.append)
    services = FakeServices(Settings(data_dir=tmp_path))
    async with desk.serving(services) as address:  # type: ignore[arg-type]  # the two parts of it that are looked at
        assert await _reasons(address) == {
            "gateway": "not connected to Discord",
            "database": "not opened yet",
            "index": "cannot be used (Missing)",
        }
    _index(tmp_path)
    gateway = FakeGateway(connected=True, guilds=[1, 2])
    async with open_store(services.settings) as store, desk.serving(services) as address:  # type: ignore[arg-type]  # as above
        desk.watch(gateway, store)
        assert await _reasons(address) == {}
        async with aiohttp.ClientSession() as session, session.get(f"http://{address}/metrics") as answer:
            assert "supervision_guilds 2.0" in await answer.text()
    assert said == []


@pytest.mark.parametrize(
    ("made", "reason"), [({"corpus": "others"}, "was made from other cards"), ({"ready": False}, "is being built")]
)
async def test_an_index_of_other_cards_or_half_built_is_not_ready(
    made: dict[str, object], reason: str, tmp_path: Path
) -> None:
    _index(tmp_path, **made)  # type: ignore[arg-type]  # one of its keywords
    desk = HealthDesk("0", print)
    async with desk.serving(FakeServices(Settings(data_dir=tmp_path))) as address:  # type: ignore[arg-type]  # as above
        assert (await _reasons(address))["index"] == reason


async def test_a_database_that_is_gone_is_not_ready_though_it_was(tmp_path: Path) -> None:
    _index(tmp_path)
    desk = HealthDesk("0", print)
    services = FakeServices(Settings(data_dir=tmp_path))
    async with open_store(services.settings) as store, desk.serving(services) as address:  # type: ignore[arg-type]  # as above
        desk.watch(FakeGateway(connected=True), store)
        await store.database.close()
        _spoil(tmp_path)
        assert (await _reasons(address))["database"].startswith("cannot be used (")


def test_an_address_that_others_can_reach_is_said() -> None:
    said: list[str] = []
    HealthDesk("10.0.0.1:8080", said.append)
    assert said == ["Whoever can reach 10.0.0.1:8080 can read the health and the metrics of this bot."]


def test_what_is_no_address_is_one_sentence_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", "a.secret.token")
    monkeypatch.setattr(run, "build_services", lambda *_, **__: pytest.fail("services were built"))
    assert main(["run", "--health", "everywhere"]) == 1
    assert capsys.readouterr().err == (
        "supervision-bot: the address for --health is no port; write it as 127.0.0.1:8080, or as a port alone.\n"
    )


async def test_an_index_on_a_server_that_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    _index(tmp_path)
    (tmp_path / "index").rename(tmp_path / "index-on-server")
    settings = Settings(data_dir=tmp_path, chroma_url="http://h")
    desk = HealthDesk("127.0.0.1:0", print)
    async with desk.serving(FakeServices(settings, place=DeadPlace())) as address:  # type: ignore[arg-type]  # as above
        assert (await _reasons(address))["index"] == "cannot be used (WaitForVectorServer)"
