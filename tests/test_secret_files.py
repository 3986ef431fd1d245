"""Secrets in files of their own: read, and refused without a word of what the file holds."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FixSettings
from bot.secret_files import file_names, with_files
from bot.settings import Settings
from tests.cli.process import Program

NOWHERE = Path("/nowhere/.env")
PLANTED = "PlantedSecret"


def _held(settings: Settings, name: str) -> str:
    found = getattr(settings, name.lower(), None) or settings.key_of(name.partition("_")[0].lower())
    assert found is not None
    held: str = found.get_secret_value()
    return held


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a secret."""
    path = tmp_path / "secret"
    path.write_text(f"\n {PLANTED}\r\n\n")
    return path


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "DATABASE_URL", "LLM_API_KEY", "OPENAI_API_KEY"])
@pytest.mark.parametrize("where", ["environment", ".env"])
def test_every_secret_may_stand_in_a_file_and_what_is_around_it_is_left_out(
    name: str, where: str, secret: Path, tmp_path: Path
) -> None:
    assert name in Settings.secrets()
    line = {f"{name}_FILE": str(secret)}
    if where == ".env":
        (tmp_path / ".env").write_text(f"{name}_FILE={secret}\n")
        line = {}
    assert _held(Settings.read(line, tmp_path / ".env"), name) == PLANTED


def test_no_secret_is_left_without_a_file() -> None:
    assert {"DISCORD_TOKEN", "DATABASE_URL", "LLM_API_KEY", "ANTHROPIC_API_KEY"} <= set(Settings.secrets())
    assert "REGION" not in Settings.secrets()


def test_the_file_of_the_models_provider_serves_the_model(secret: Path) -> None:
    settings = Settings.read({"LLM_MODEL": "openai:small", "OPENAI_API_KEY_FILE": str(secret)}, NOWHERE)
    assert _held(settings, "LLM_API_KEY") == PLANTED


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_secret_that_is_given_twice_is_refused(where: str, secret: Path, tmp_path: Path) -> None:
    twice = {"DISCORD_TOKEN_FILE": str(secret)}
    if where == ".env":
        (tmp_path / ".env").write_text(f"DISCORD_TOKEN={PLANTED}\n")
    else:
        twice["DISCORD_TOKEN"] = PLANTED
    with pytest.raises(FixSettings) as refused:
        Settings.read(twice, tmp_path / ".env")
    assert str(refused.value) == "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; keep one of them."


def test_a_secret_that_is_set_to_nothing_beside_its_file_is_not_given_twice(secret: Path) -> None:
    settings = Settings.read({"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(secret)}, NOWHERE)
    assert _held(settings, "DISCORD_TOKEN") == PLANTED


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"PlantedSecret\nsecond", "holds more than one line, or characters that no secret has"),
        (b"PlantedSecret\x00", "holds more than one line"),
        (b"PlantedSecret\xff", "is no UTF-8 text"),
        (b"PlantedSecret" * 2000, "is longer than any secret"),
    ],
)
def test_a_file_that_holds_no_secret_is_named_and_its_content_is_not(content: bytes, said: str, secret: Path) -> None:
    secret.write_bytes(content)
    with pytest.raises(FixSettings) as refused:
        Settings.read({"DISCORD_TOKEN_FILE": str(secret)}, NOWHERE)
    assert refused.value.problem.startswith(f"{secret}, the file of DISCORD_TOKEN_FILE, {said}")
    assert PLANTED not in str(refused.value)
    assert PLANTED not in repr(refused.value.__cause__)


def test_a_file_that_is_not_there_or_is_a_folder_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(FixSettings, match="is not there or is no file; write the secret into it, or mend the path"):
            Settings.read({"DISCORD_TOKEN_FILE": str(path)}, NOWHERE)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_named(secret: Path) -> None:
    secret.chmod(0)
    with pytest.raises(FixSettings, match="cannot be read; let the user that runs the program read it"):
        Settings.read({"DISCORD_TOKEN_FILE": str(secret)}, NOWHERE)


@given(st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused_without_being_shown(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-secret"
    path.write_bytes(b"PlantedSecret " + content)
    try:
        outcome = with_files({"DISCORD_TOKEN_FILE": str(path)}, ["DISCORD_TOKEN"])["DISCORD_TOKEN"]
        read = True
    except FixSettings as refused:
        outcome, read = str(refused), False
    assert (PLANTED in outcome) is read
    assert not read or (outcome == outcome.strip() and outcome.isprintable())


@pytest.mark.parametrize(
    ("typed", "right"), [("DISCORD_TOKEN_FIEL", "DISCORD_TOKEN_FILE"), ("LLM_API_KEYFILE", "LLM_API_KEY_FILE")]
)
def test_a_slip_in_the_name_of_a_file_is_refused_with_the_right_name(typed: str, right: str, tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match=f"rename it to {right}"):
        Settings.read({typed: "x"}, NOWHERE)
    (tmp_path / ".env").write_text(f"{typed}=x")
    with pytest.raises(FixSettings, match=f"did you mean {right}"):
        Settings.read({}, tmp_path / ".env")


def test_a_setting_that_is_no_secret_has_no_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REGION_FILE=x")
    assert "REGION_FILE" not in file_names(Settings.secrets())
    with pytest.raises(FixSettings, match=r"REGION_FILE in \.env is unknown"):
        Settings.read({}, tmp_path / ".env")


@pytest.mark.skipif(os.name != "posix", reason="these are permissions of POSIX")
@pytest.mark.parametrize(
    ("mode", "line", "exposed"),
    [
        (0o600, "DISCORD_TOKEN=x", False),
        (0o604, "DISCORD_TOKEN=x", True),
        (0o640, "OPENAI_API_KEY=x", True),
        (0o644, "REGION=us", False),
        (0o644, "DISCORD_TOKEN=", False),
        (0o644, "DISCORD_TOKEN_FILE=", False),
    ],
)
def test_an_env_file_with_a_secret_that_others_may_read_is_known(
    *, mode: int, line: str, exposed: bool, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    path.write_text(line)
    path.chmod(mode)
    assert Settings.read({}, path).exposed == (path if exposed else None)


@pytest.mark.skipif(os.name != "posix", reason="these are permissions of POSIX")
def test_a_command_says_once_that_others_may_read_the_env_file(tmp_path: Path) -> None:
    program = Program(tmp_path, tmp_path / "data")
    (program.cwd / ".env").write_text(f"DISCORD_TOKEN={PLANTED}\n")
    (program.cwd / ".env").chmod(0o644)
    ran = program.run("migrate", "--show")
    assert ran.status == 0
    assert ran.err == ".env holds a secret and other users may read it; chmod 600 .env.\n"
    assert PLANTED not in ran.out
