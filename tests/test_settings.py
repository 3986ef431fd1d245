"""The settings: where they come from, what is refused, and that a refusal never shows a secret."""

import string
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from platformdirs import user_data_path
from pydantic import ValidationError

from bot.errors import FixSettings
from bot.settings import Settings

GUARDED = [name for name in Settings.names() if len(name) >= 8]
NOWHERE = Path("/nowhere/.env")


def _read(**environment: str) -> Settings:
    return Settings.read(environment, NOWHERE)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """A place for a file of settings."""
    return tmp_path / ".env"


def test_with_nothing_set_the_program_is_useful() -> None:
    settings = _read()
    assert settings.data_dir == user_data_path("supervision-assistant", appauthor=False)
    assert (settings.region, settings.log_level, settings.log_format) == ("us", "WARNING", "text")
    assert (settings.llm_model, settings.llm_api_key, settings.discord_token) == (None, None, None)
    assert (settings.questions_per_person, settings.questions_per_server) == (20, 600)


def test_every_setting_is_described_and_named_in_capitals() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert all(name == name.upper() for name in Settings.names())
    assert {"DATA_DIR", "REGION", "DISCORD_TOKEN", "LLM_MODEL", "LOG_LEVEL"} <= set(Settings.names())


def test_the_environment_of_the_process_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGION", "neutral")
    (tmp_path / ".env").write_text("REGION=us\nLOG_FORMAT=json\n")
    settings = Settings.read()
    assert (settings.region, settings.log_format) == ("neutral", "json")


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(env_file: Path) -> None:
    env_file.write_text("REGION=neutral\nLOG_LEVEL=INFO\n")
    settings = Settings.read({"LOG_LEVEL": "DEBUG"}, env_file)
    assert (settings.region, settings.log_level) == ("neutral", "DEBUG")


def test_an_empty_value_is_as_if_left_out(env_file: Path) -> None:
    env_file.write_text("REGION=\nLLM_MODEL\n")
    settings = Settings.read({"LOG_LEVEL": ""}, env_file)
    assert (settings.region, settings.llm_model, settings.log_level) == ("us", None, "WARNING")


def test_a_file_may_hold_comments_quotes_exports_and_a_byte_order_mark(env_file: Path) -> None:
    env_file.write_bytes(
        b"\xef\xbb\xbfREGION=neutral\n# a comment\n\nexport LLM_MODEL='openai:gpt'  # why\nDATA_DIR=\"$HOME/x\"\n"
    )
    settings = Settings.read({}, env_file)
    assert (settings.region, settings.llm_model) == ("neutral", "openai:gpt")
    assert settings.data_dir == Path("$HOME/x")


def test_the_keys_of_the_providers_may_stand_in_the_file(env_file: Path) -> None:
    env_file.write_text("OPENAI_API_KEY=sk\nANTHROPIC_API_KEY=sk\n")
    assert Settings.read({}, env_file).llm_api_key is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("COLOUR=red", "the setting COLOUR in .env is unknown; known are DATA_DIR, "),
        ("region=us", "the setting region in .env is unknown; did you mean REGION."),
        ("LLM_MODLE=x", "the setting LLM_MODLE in .env is unknown; did you mean LLM_MODEL."),
        ("PATH=/bin", "the setting PATH in .env is unknown; "),
        ("REGION=us\n{not a setting}", "is no setting; write NAME=value, or remove it."),
        ("REGION='us", "is no setting; write NAME=value, or remove it."),
        ("REGION=Atlantis/9", "the setting REGION is not usable"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(env_file: Path, text: str, said: str) -> None:
    env_file.write_text(text)
    with pytest.raises(FixSettings) as refused:
        Settings.read({}, env_file)
    assert said in str(refused.value)


def test_a_file_that_is_not_utf8_is_refused(env_file: Path) -> None:
    env_file.write_bytes(b"REGION=\xff")
    with pytest.raises(FixSettings, match="cannot be read as UTF-8 text"):
        Settings.read({}, env_file)


def test_a_folder_in_the_place_of_the_file_is_as_if_there_were_none(env_file: Path) -> None:
    env_file.mkdir()
    assert Settings.read({}, env_file).region == "us"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGION", "US"),
        ("REGION", "../us"),
        ("LLM_MODEL", "gpt"),
        ("LLM_MODEL", "openai: gpt"),
        ("LLM_TIMEOUT", "0"),
        ("LLM_TIMEOUT", "nan"),
        ("LLM_TIMEOUT", "121"),
        ("LOG_LEVEL", "info"),
        ("QUESTIONS_PER_PERSON", "0"),
        ("QUESTIONS_PER_SERVER", "many"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_wanted(name: str, value: str) -> None:
    with pytest.raises(FixSettings) as refused:
        _read(**{name: value})
    assert refused.value.problem.startswith(f"the setting {name} is not usable (")
    assert refused.value.mend == f"it is: {Settings.model_fields[name.lower()].description}"


@given(st.sampled_from(["REGION", "LLM_MODEL", "LLM_TIMEOUT", "LOG_LEVEL"]), st.text(min_size=1))
def test_no_refusal_shows_the_value_and_every_refusal_is_ours(name: str, value: str) -> None:
    planted = f"{value} PlantedSecret \n"
    with pytest.raises(FixSettings) as refused:
        _read(**{name: planted})
    assert "PlantedSecret" not in str(refused.value)


def test_secrets_are_not_printed() -> None:
    settings = _read(DISCORD_TOKEN="planted-token", LLM_API_KEY="planted-key")
    assert "planted" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "planted-token"


def test_a_setting_is_never_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        _read().region = "neutral"  # type: ignore[misc]  # what mypy forbids, pydantic must too


@st.composite
def _slips(draw: st.DrawFn) -> tuple[str, str]:
    """Return a guarded name and the same with one slip of the fingers."""
    right = draw(st.sampled_from(GUARDED))
    letter = draw(st.sampled_from(string.ascii_uppercase + string.ascii_lowercase + string.digits + "_-é"))
    place = draw(st.integers(0, len(right) - 1))
    match draw(st.sampled_from(["swap", "change", "add", "append", "leave out"])):
        case "swap":
            place = min(place, len(right) - 2)
            typed = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        case "change":
            typed = right[:place] + letter + right[place + 1 :]
        case "add":
            typed = right[:place] + letter + right[place:]
        case "append":
            typed = right + letter
        case _:
            typed = right[:place] + right[place + 1 :]
    return right, typed


@given(_slips())
def test_one_slip_in_the_environment_is_refused_with_the_right_name(slip: tuple[str, str]) -> None:
    right, typed = slip
    assume(typed not in Settings.names())
    with pytest.raises(FixSettings) as refused:
        _read(**{typed: "PlantedSecret"})
    assert refused.value.problem == f"the environment holds {typed}, which looks like a misspelling"
    assert refused.value.mend == f"rename it to {right}, or unset it"
    assert "PlantedSecret" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "LANG", "EDITOR", "XDG_DATA_DIRS", "REGIONS", "LEGION", "LOGLEVELS", "OPENAI_API_KEY", "data_dir"],
)
def test_what_others_keep_in_the_environment_is_left_alone(name: str) -> None:
    assert _read(**{name: "x"}).region == "us"


@given(st.sampled_from(GUARDED), st.text(string.ascii_uppercase + "_", max_size=30))
def test_a_name_two_letters_longer_or_more_is_no_slip(right: str, more: str) -> None:
    assume(not any(more.endswith(part) for part in ("FILE", "ILE")))
    assert _read(**{f"{right}_X{more}": "x"}).region == "us"


def test_a_providers_own_key_in_the_file_serves_the_model_that_it_belongs_to(env_file: Path) -> None:
    env_file.write_text("LLM_MODEL=openai:small\nOPENAI_API_KEY=planted\nMISTRAL_API_KEY=other\n")
    settings = Settings.read({}, env_file)
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "planted"


def test_our_own_key_wins_over_the_providers(env_file: Path) -> None:
    env_file.write_text("LLM_MODEL=openai:small\nOPENAI_API_KEY=other\nLLM_API_KEY=planted\n")
    settings = Settings.read({}, env_file)
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "planted"
