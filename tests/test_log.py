"""The log: facts from a closed list, on stderr, and nothing that a person wrote."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot import log


@pytest.fixture(autouse=True)
def _loggers_are_put_back() -> Iterator[None]:
    libraries = ("aiosqlite", "alembic", "asyncpg", "chromadb", "discord", "httpx", "langchain", "openai", "sqlalchemy")
    loggers = [logging.getLogger(name) for name in ("bot", *libraries)]
    before = [(logger, logger.level, logger.handlers[:], logger.propagate) for logger in loggers]
    yield
    for logger, level, handlers, propagate in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def test_a_line_of_text_holds_time_level_event_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO", "text")
    log.event("stage failed", stage="write", error="TimeoutError")
    when, level, said = capsys.readouterr().err.split(" ", 2)
    assert datetime.fromisoformat(when).tzinfo is not None
    assert level == "INFO"
    assert said == "stage failed stage=write error=TimeoutError\n"


def test_a_line_without_facts_ends_with_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO", "text")
    log.event("started")
    assert capsys.readouterr().err.endswith("INFO started\n")


def test_a_line_of_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("DEBUG", "json")
    log.event("consultation", level=logging.DEBUG, outcome="Answered", milliseconds=12.5, model=None)
    line = json.loads(capsys.readouterr().err)
    assert datetime.fromisoformat(line.pop("time")).utcoffset() is not None
    assert line == {
        "level": "DEBUG",
        "event": "consultation",
        "outcome": "Answered",
        "milliseconds": 12.5,
        "model": None,
    }


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 3), ("INFO", 2), ("WARNING", 1), ("ERROR", 0)])
def test_less_severe_lines_are_left_out(capsys: pytest.CaptureFixture[str], level: str, lines: int) -> None:
    log.configure(level, "text")
    for severity in (logging.DEBUG, logging.INFO, logging.WARNING):
        log.event("event", level=severity)
    assert len(capsys.readouterr().err.splitlines()) == lines


@pytest.mark.parametrize("form", ["text", "json"])
def test_setting_the_log_up_twice_prints_a_line_once(
    capsys: pytest.CaptureFixture[str], form: Literal["text", "json"]
) -> None:
    log.configure("INFO", form)
    log.configure("INFO", form)
    log.event("started")
    assert capsys.readouterr().err.count("started") == 1


@given(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=12))
def test_a_fact_that_is_not_on_the_list_is_refused_and_its_value_is_not_named(name: str) -> None:
    assume(name not in log._ALLOWED | {"name", "level"})
    event: Callable[..., None] = log.event
    with pytest.raises(ValueError, match="not on the list of content-free fields") as refused:
        event("started", **{name: "planted words"})
    assert "planted" not in str(refused.value)


def test_the_list_holds_no_name_for_what_a_person_wrote() -> None:
    assert log._ALLOWED.isdisjoint({"question", "text", "reply", "thread", "message", "user", "author", "content"})


@pytest.mark.parametrize(
    "library",
    ["aiosqlite", "chromadb.api", "discord.http", "httpx", "langchain.chat_models", "openai", "sqlalchemy.engine"],
)
def test_the_libraries_whose_lines_may_hold_content_are_quiet(capsys: pytest.CaptureFixture[str], library: str) -> None:
    log.configure("DEBUG", "text")
    assert not logging.getLogger(library).isEnabledFor(logging.ERROR)
    assert capsys.readouterr().err == ""


def test_our_lines_reach_no_other_handler(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    log.configure("INFO", "text")
    log.event("started")
    assert "started" in capsys.readouterr().err
    assert caplog.records == []
