"""The doctor: what is well, what is not, and that every ill has its mend."""

import asyncio
import datetime as dt
import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.doctor import Finding, State, examine, machine
from bot.settings import Settings
from bot.storage.keyring import name_of, new_key
from bot.storage.keys import rotate
from bot.storage.migrate import Revisions, to_head
from bot.storage.place import FILE_NAME
from bot.storage.store import open_store
from knowledge import embedding
from knowledge.entry import Corpus, Review
from knowledge.errors import FixCorpus, FreeDataFolder, ReinstallModel
from tests.cli.process import Program
from tests.knowledge.chroma_server import free_port

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GaBcDe.planted-planted-planted-planted-plan"
_REVIEW = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=dt.date(2026, 11, 1))


@pytest.fixture(scope="module")
def own_folder(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real index, since the doctor tries to write."""
    folder = tmp_path_factory.mktemp("doctor") / "data"
    shutil.copytree(data_folder, folder)
    return folder


def _findings(settings: Settings) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(settings)}


def _database(settings: Settings) -> Finding:
    return doctor._database(settings)


def test_a_program_in_order_has_no_ill(own_folder: Path) -> None:
    before = sorted(own_folder.iterdir())
    found = _findings(Settings(data_dir=own_folder))
    assert {part: finding.state for part, finding in found.items()} == {
        "Secrets": State.WELL,
        "Data folder": State.WELL,
        "Embedding model": State.WELL,
        "Knowledge base": State.NOTE,
        "Crisis texts": State.NOTE,
        "Screens": State.WELL,
        "Index": State.WELL,
        "Database": State.NOTE,
        "Encryption": State.WELL,
        "Clock": State.WELL,
        "Writer": State.WELL,
        "Discord token": State.NOTE,
    }
    assert sorted(own_folder.iterdir()) == before


def test_all_that_is_not_well_has_a_mend_and_all_that_is_has_none(own_folder: Path) -> None:
    for finding in examine(Settings(data_dir=own_folder)):
        assert finding.text.endswith(".")
        assert bool(finding.mend) is (finding.state is not State.WELL)


def test_a_missing_model_file_is_an_ill_and_the_other_checks_go_on(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, _, digest = embedding._MODEL
    monkeypatch.setattr(embedding, "_MODEL", (package, "gone.onnx", digest))
    found = _findings(Settings(data_dir=own_folder))
    assert found["Embedding model"].state is State.ILL
    assert "gone.onnx" in found["Embedding model"].text
    assert found["Embedding model"].mend == "Install the program again (in a clone: `make clean ask`)."
    assert "Index" not in found
    assert found["Knowledge base"].state is State.NOTE


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("no_such_package", "model.onnx", "0"), "is not installed"),
        ((*embedding._MODEL[:2], "0" * 64), "not the one we pin"),
    ],
)
def test_a_model_that_is_not_ours_is_an_ill(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch, changed: tuple[str, str, str], said: str
) -> None:
    monkeypatch.setattr(embedding, "_MODEL", changed)
    finding = _findings(Settings(data_dir=own_folder))["Embedding model"]
    assert finding.state is State.ILL
    assert said in finding.text


def test_a_missing_model_of_the_screens_is_an_ill(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise ReinstallModel("the screens' model is missing or cannot be read", "install the program again")

    monkeypatch.setattr(doctor, "load_screens", gone)
    found = _findings(Settings(data_dir=own_folder))["Screens"]
    assert (found.state, found.mend) == (State.ILL, "Install the program again.")


def test_cards_that_cannot_be_read_are_an_ill(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Corpus:
        raise FixCorpus("the knowledge base is not usable", "restore it")

    monkeypatch.setattr(doctor, "load_corpus", broken)
    found = _findings(Settings(data_dir=own_folder))
    assert found["Knowledge base"] == Finding(
        "Knowledge base", State.ILL, "The knowledge base is not usable.", "Restore it."
    )
    assert "Index" not in found


def test_cards_that_were_all_reviewed_are_well(
    own_folder: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [
        card.__class__(card.head.model_copy(update={"review": _REVIEW}), card.units, card.path) for card in corpus.cards
    ]
    reviewed = Corpus(tuple(cards), corpus.sources, corpus.topics, corpus.digest)
    monkeypatch.setattr(doctor, "load_corpus", lambda: reviewed)
    assert _findings(Settings(data_dir=own_folder))["Knowledge base"].state is State.WELL


def test_a_region_without_lines_is_an_ill(own_folder: Path) -> None:
    finding = _findings(Settings(data_dir=own_folder, region="atlantis"))["Crisis texts"]
    assert finding.state is State.ILL
    assert finding.mend == "Use one of neutral, us."


def test_a_data_folder_without_an_index_is_noted(tmp_path: Path) -> None:
    found = _findings(Settings(data_dir=tmp_path / "new"))
    assert found["Index"].state is State.NOTE
    assert "supervision-bot index" in found["Index"].mend


def test_a_file_in_the_place_of_the_data_folder_is_an_ill(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    finding = _findings(Settings(data_dir=tmp_path / "data"))["Data folder"]
    assert finding.state is State.ILL
    assert finding.text.endswith("file exists.")
    assert finding.mend == "Mend it, or set DATA_DIR to another folder."


def test_an_index_that_cannot_be_opened_is_an_ill_and_no_crash(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str | None:
        raise FreeDataFolder("the data folder cannot be written", "mend its permissions")

    monkeypatch.setattr(doctor, "look_at_index", refuse)
    finding = _findings(Settings(data_dir=own_folder))["Index"]
    assert finding == Finding("Index", State.ILL, "The data folder cannot be written.", "Mend its permissions.")


def test_a_database_is_noted_until_it_is_migrated_and_then_well(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    label = f"SQLite in {tmp_path / FILE_NAME}"
    mend = "`supervision-bot migrate` does what is needed."
    assert _database(settings) == Finding("Database", State.NOTE, f"{label}, nothing kept in it yet.", mend)
    assert not (tmp_path / FILE_NAME).exists()
    asyncio.run(to_head(settings))
    found = _database(settings)
    assert (found.state, found.mend) == (State.WELL, "")
    assert found.text.startswith(f"{label}, at revision ")


def test_a_database_of_an_older_program_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def older(_: Settings) -> Revisions:
        return Revisions("0001", "0002")

    monkeypatch.setattr(doctor, "look", older)
    found = _database(Settings(data_dir=tmp_path))
    assert found.state is State.NOTE
    assert found.text.endswith(", at revision 0001, behind 0002.")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE supervision_revision SET version_num = '0999'", "which this version of the program does not know."),
        ("DROP TABLE feedback", "lacks the table feedback or part of it."),
    ],
)
def test_a_database_that_is_newer_or_half_there_is_an_ill(tmp_path: Path, statement: str, said: str) -> None:
    settings = Settings(data_dir=tmp_path)
    asyncio.run(to_head(settings))
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute(statement)
    found = _database(settings)
    assert found.state is State.ILL
    assert said in found.text
    assert found.mend


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://someone:planted@h/d", "DATABASE_URL does not begin with postgresql://."),
        ("postgresql://someone:planted@127.0.0.1:1/d", "PostgreSQL on 127.0.0.1 cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_an_ill_and_its_address_stays_secret(
    tmp_path: Path, url: str, said: str
) -> None:
    found = _database(Settings.read({"DATA_DIR": str(tmp_path), "DATABASE_URL": url}, tmp_path / ".env"))
    assert found.state is State.ILL
    assert said in found.text
    assert "planted" not in repr(found)


def test_a_model_that_cannot_answer_is_an_ill(own_folder: Path) -> None:
    finding = _findings(Settings(data_dir=own_folder, llm_model="nobody:model"))["Writer"]
    assert finding.state is State.ILL
    assert "nobody" in finding.text


def test_a_model_that_can_be_set_up_is_well_and_its_key_stays_secret(own_folder: Path) -> None:
    settings = Settings.read(
        {
            "DATA_DIR": str(own_folder),
            "LLM_MODEL": "openai:gpt-4o-mini",
            "LLM_API_KEY": "sk-planted",
            "LLM_NOTICE": "OpenAI",
        }
    )
    findings = examine(settings)
    text = "openai:gpt-4o-mini answers, with the built-in writer behind it."
    assert Finding("Writer", State.WELL, text) in findings
    assert "sk-planted" not in repr(findings)


def test_a_token_is_there_and_not_shown(own_folder: Path) -> None:
    settings = Settings.read({"DATA_DIR": str(own_folder), "DISCORD_TOKEN": TOKEN})
    findings = examine(settings)
    assert TOKEN not in repr(findings)
    assert _findings(settings)["Discord token"].state is State.WELL


def test_the_command_prints_each_finding_and_its_status_tells_an_ill(own_folder: Path, tmp_path: Path) -> None:
    well = Program(tmp_path, own_folder).run("doctor")
    ill = Program(tmp_path, own_folder).run("doctor", REGION="atlantis")
    assert (well.status, well.err) == (0, "")
    assert "  ok  Index: It is up to date.\n" in well.out
    assert "note  Knowledge base: " in well.out
    assert "ILL" not in well.out
    assert "\x1b" not in well.out
    assert ill.status == 1
    assert " ILL  Crisis texts: There are no crisis lines for the region atlantis.\n" in ill.out
    assert "      Mend: Use one of neutral, us.\n" in ill.out


@pytest.mark.parametrize(
    "token",
    ["planted-token", "Bot " + TOKEN, TOKEN.rpartition(".")[0], "x" * 24 + TOKEN[24:], TOKEN + "\u00e9", "1" * 19],
)
def test_a_token_that_has_not_the_form_of_one_is_an_ill_and_not_shown(token: str, tmp_path: Path) -> None:
    found = machine.token(Settings.read({"DATA_DIR": str(tmp_path), "DISCORD_TOKEN": token}))
    assert found.state is State.ILL
    assert found.mend.startswith("Copy the bot's token again")
    assert token not in repr(found)


@pytest.mark.skipif(os.name != "posix", reason="these are permissions of POSIX")
def test_an_env_file_that_others_may_read_is_noted(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("DISCORD_TOKEN=planted")
    path.chmod(0o644)
    found = machine.env_file(Settings.read({}, path))
    assert found == Finding(
        "Secrets", State.NOTE, f"{path} holds a secret, and other users may read it.", f"Run `chmod 600 {path}`."
    )


@pytest.mark.parametrize(("megabytes", "state"), [(499, State.NOTE), (49, State.ILL), (500, State.WELL)])
def test_a_disk_that_is_nearly_full_is_noted_and_a_full_one_an_ill(
    megabytes: int, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage(tmp_path))(10**12, 10**12, megabytes * 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = machine.data_folder(Settings(data_dir=tmp_path))
    assert found.state is state
    assert state is State.WELL or f"has {megabytes} MB left" in found.text


def test_a_clock_before_this_version_is_an_ill(tmp_path: Path) -> None:
    found = machine.clock(Settings(data_dir=tmp_path), None, now=0.0)
    assert found.state is State.ILL
    assert found.text.startswith("It shows 1970-01-01, before this version was made")


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (90.0, "The clock of the database is 90 seconds ahead of this machine's."),
        (-3600.0, "The clock of the database is 3600 seconds behind this machine's."),
    ],
)
def test_a_database_with_another_time_is_noted(ahead: float, said: str, tmp_path: Path) -> None:
    found = machine.clock(Settings(data_dir=tmp_path), ahead)
    assert (found.state, found.text) == (State.NOTE, said)
    assert machine.clock(Settings(data_dir=tmp_path), 2.0).state is State.WELL


def test_a_disk_with_another_time_is_noted(tmp_path: Path) -> None:
    found = machine.clock(Settings(data_dir=tmp_path), None, now=time.time() + 7200)
    assert "The clock of the data folder's disk is 7200 seconds behind" in found.text


def test_the_month_of_the_version_is_no_later_than_today() -> None:
    assert dt.datetime.now(dt.UTC).date() >= machine.NOT_BEFORE


def test_the_findings_as_json_say_the_same(tmp_path: Path) -> None:
    ran = Program(tmp_path, tmp_path / "data").run("doctor", "--json", REGION="atlantis")
    found = json.loads(ran.out)
    assert (ran.status, ran.err, found["well"]) == (1, "", False)
    by_part = {finding["part"]: finding for finding in found["findings"]}
    assert by_part["Crisis texts"] == {
        "part": "Crisis texts",
        "state": "ill",
        "text": "There are no crisis lines for the region atlantis.",
        "mend": "Use one of neutral, us.",
    }
    assert by_part["Clock"]["mend"] is None
    assert all(finding["state"] in {"well", "note", "ill"} for finding in found["findings"])


_NOT_READ: Any = None
"""In the place of cards and embedder, where the look at the index is not ours or does not come so far."""


@pytest.mark.parametrize(
    ("url", "token", "stale", "state", "said"),
    [
        ("https://h", "t", None, State.WELL, "It is up to date on the Chroma server at h."),
        ("http://h", "t", None, State.NOTE, "on the Chroma server at h, but the token goes unencrypted."),
        ("http://h", None, "the index is gone", State.NOTE, "The index is gone."),
        ("nonsense", None, None, State.ILL, "CHROMA_URL cannot be read as an address."),
    ],
)
def test_the_index_on_a_server_is_looked_at_there(  # each case's parts
    url: str, token: str | None, stale: str | None, state: State, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.vectors.connect", lambda *_, **__: None)
    monkeypatch.setattr(doctor, "look_at_index", lambda *_: stale)
    settings = Settings(chroma_url=url, chroma_token=SecretStr(token) if token else None)
    found = doctor._index(settings, _NOT_READ, _NOT_READ)
    assert (found.state, found.text.endswith(said)) == (state, True)


def test_a_chroma_server_that_does_not_answer_is_an_ill() -> None:
    settings = Settings(chroma_url=f"http://127.0.0.1:{free_port()}")
    found = doctor._index(settings, _NOT_READ, _NOT_READ)
    assert (found.state, "does not answer" in found.text) == (State.ILL, True)


def test_the_doctor_says_how_texts_are_kept(tmp_path: Path) -> None:
    one, two = new_key(), new_key()
    plain = Settings(data_dir=tmp_path)
    asyncio.run(to_head(plain))
    assert "plain text" in doctor._encryption(plain).text

    async def begin() -> None:
        async with open_store(plain) as store:
            await store.escalations.ask(1, 2, "And now?", anonymous=True, tell="here", channel=None)
        async with open_store(Settings(data_dir=tmp_path, data_key=SecretStr(one))):
            pass

    asyncio.run(begin())
    first = doctor._encryption(Settings(data_dir=tmp_path, data_key=SecretStr(one)))
    assert (first.state, first.mend) == (State.NOTE, "Run `supervision-bot keys rotate`.")
    assert first.text == f"Rows not encrypted yet: 1; rows under another key than {name_of(one)}: 0."
    asyncio.run(rotate(Settings(data_dir=tmp_path, data_key=SecretStr(one))))
    assert doctor._encryption(Settings(data_dir=tmp_path, data_key=SecretStr(one))).state is State.WELL
    other = doctor._encryption(Settings(data_dir=tmp_path, data_key=SecretStr(two)))
    assert (other.state, one in other.text) == (State.ILL, False)
    both = Settings(data_dir=tmp_path, data_key=SecretStr(f"{two},{one}"))
    expected = f"Rows not encrypted yet: 0; rows under another key than {name_of(two)}: 1."
    assert doctor._encryption(both).text == expected
    assert doctor._encryption(plain).state is State.ILL


def test_a_key_that_nothing_is_under_is_named_as_spare(tmp_path: Path) -> None:
    one, two = new_key(), new_key()

    async def begin() -> None:
        for keys in (one, f"{two},{one}"):
            async with open_store(Settings(data_dir=tmp_path, data_key=SecretStr(keys))):
                pass

    asyncio.run(begin())
    finding = doctor._encryption(Settings(data_dir=tmp_path, data_key=SecretStr(f"{two},{one}")))
    assert finding.text == f"The database says that it needs {name_of(one)} too."
