"""What is refused at the start, in one sentence with its mend, and never with the key."""

from pathlib import Path

import pytest

from bot.consult.builtin_writer import BuiltInWriter
from bot.doctor import State, examine
from bot.errors import AssistantError, FixSettings, InstallExtra, TryAgainLater
from bot.llm.build import build_llm, check_reachable
from bot.settings import Settings


def _settings(folder: Path, **environment: str) -> Settings:
    return Settings.read({"DATA_DIR": str(folder), **environment}, folder / ".env")


@pytest.mark.parametrize(
    ("environment", "error", "said"),
    [
        (
            {"LLM_MODEL": "nobody:small"},
            FixSettings,
            "nobody:small names the provider nobody, which is unknown; known are openai, anthropic, google_genai, mist",
        ),
        (
            {"LLM_MODEL": "openai:small"},
            FixSettings,
            "there is no key for the provider openai; set LLM_API_KEY or OPENAI_API_KEY.",
        ),
        (
            {"LLM_MODEL": "mistralai:small", "LLM_API_KEY": "sk-planted"},
            InstallExtra,
            'mistralai:small is of mistralai, whose package is not installed; install it: pip install "supervision-ass',
        ),
        (
            {"LLM_MODEL": "openai:small", "LLM_API_KEY": "sk-planted", "LLM_FALLBACKS": "anthropic:big"},
            FixSettings,
            "there is no key for the provider anthropic; set LLM_API_KEY or ANTHROPIC_API_KEY.",
        ),
        (
            {"LLM_MODEL": "openai:small", "LLM_API_KEY": "sk-planted", "LLM_BASE_URL": "localhost:80"},
            FixSettings,
            "LLM_BASE_URL is no address; write it as http://127.0.0.1:8080/v1.",
        ),
        (
            {"LLM_MODEL": "openai:small", "LLM_API_KEY": "sk-planted", "LLM_JUDGE": "nobody:judge"},
            FixSettings,
            "nobody:judge names the provider nobody",
        ),
        (
            {"LLM_MODEL": "replay:nowhere"},
            FixSettings,
            "LLM_MODEL names the folder nowhere, which is not there; make it, or name another.",
        ),
    ],
)
def test_what_cannot_work_is_named_with_its_mend(
    tmp_path: Path, environment: dict[str, str], error: type[AssistantError], said: str
) -> None:
    settings = _settings(tmp_path, **environment)
    with pytest.raises(error) as refused:
        build_llm(settings, fallback=BuiltInWriter())
    assert str(refused.value).startswith(said)
    assert "planted" not in str(refused.value)
    finding = next(one for one in examine(settings) if one.part == "Writer")
    assert finding.state is State.ILL
    assert "planted" not in repr(finding)


def test_an_address_where_nothing_listens_is_named(tmp_path: Path) -> None:
    settings = _settings(tmp_path, LLM_MODEL="openai:small", LLM_BASE_URL="http://127.0.0.1:9/v1")
    with pytest.raises(TryAgainLater, match=r"nothing answers at LLM_BASE_URL \(127.0.0.1:9\)"):
        check_reachable(settings)
    finding = next(one for one in examine(settings) if one.part == "Writer")
    assert finding.state is State.ILL


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    settings = _settings(tmp_path, LLM_MODEL="openai:small", LLM_BASE_URL="http://127.0.0.1:9/v1")
    assert build_llm(settings, fallback=BuiltInWriter()).writer.reads_thread


def test_each_provider_gets_its_own_key(tmp_path: Path) -> None:
    settings = _settings(
        tmp_path, LLM_MODEL="openai:a", LLM_API_KEY="ours", OPENAI_API_KEY="theirs", MISTRAL_API_KEY="third"
    )
    keys = {name: settings.key_of(name) for name in ("openai", "mistralai", "anthropic")}
    assert {name: key.get_secret_value() if key else None for name, key in keys.items()} == {
        "openai": "ours",
        "mistralai": "third",
        "anthropic": None,
    }


def test_the_writer_has_what_the_other_calls_leave_of_the_total(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    given = {"LLM_MODEL": f"replay:{tmp_path}/answers", "LLM_SECOND_LOOK": "true"}
    parts = build_llm(_settings(tmp_path, **given), fallback=BuiltInWriter())
    assert parts.second_look is not None
    assert parts.judge is None
    assert parts.writer._seconds == 45.0 - 5.0 - 1.0
