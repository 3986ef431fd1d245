"""`supervision-bot run` at the terminal: one sentence for what stands in the way."""

from pathlib import Path

import pytest

from bot.cli import run
from bot.cli.main import main
from bot.settings import Settings
from knowledge.entry import Corpus, Review
from tests.cogs.conftest import library_of
from tests.cogs.fakes import FakeComposer, FakeConsultant
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import HashEmbedder
from tests.loopback import nothing_listens
from tests.rehearse.fakes import rehearsals_of


class FakeServices:
    """What `run` takes of the services, over an empty data folder."""

    consultant = FakeConsultant()
    embedder = HashEmbedder()
    privacy = FakePrivacyScreen()
    place = None

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.settings = Settings(data_dir=folder)
        self.corpus = corpus
        self.library = library_of(corpus)
        self.rehearsals = rehearsals_of(corpus)

    def composer(self, region: str | None = None, review: Review | None = None) -> FakeComposer:  # noqa: ARG002
        return FakeComposer()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that no `.env` of the machine is read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def _built_services(folder: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(folder / "data", corpus)
    monkeypatch.setattr(run, "build_services", lambda _: services)


@pytest.fixture
def _no_services(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> FakeServices:
        pytest.fail("services were built before the token was looked at")

    monkeypatch.setattr(run, "build_services", refuse)


@pytest.mark.usefixtures("_no_services")
@pytest.mark.parametrize("written", [None, "DISCORD_TOKEN=", "DISCORD_TOKEN='  '"])
def test_without_a_token_one_sentence_says_how_to_get_one(
    written: str | None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if written is not None:
        (folder / ".env").write_text(written, encoding="utf-8")
        (folder / ".env").chmod(0o600)

    assert main(["run"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "there is no DISCORD_TOKEN" in said.err
    assert "discord.com/developers/applications" in said.err
    assert "docs/discord.md" in said.err


@pytest.mark.usefixtures("_built_services")
@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_token_is_read_from_the_environment_or_the_file_and_an_unreachable_discord_is_one_sentence(
    where: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if where == "environment":
        monkeypatch.setenv("DISCORD_TOKEN", "a.secret.token")
    else:
        (folder / ".env").write_text("DISCORD_TOKEN=a.secret.token\n", encoding="utf-8")
        (folder / ".env").chmod(0o600)

    with nothing_listens(monkeypatch):
        assert main(["run"]) == 1

    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "Discord cannot be reached" in said.err
    assert "a.secret.token" not in said.err
    assert "Traceback" not in said.err
