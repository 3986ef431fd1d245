"""Tries a documented shell command: ours are run, the others are checked, and a form that nobody knows is refused."""

import importlib.util
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli.main import PROGRAM, main
from bot.secret_files import file_names
from bot.settings import Settings
from tests.meta.packages import REPOSITORY, extras, pyproject

_ASSIGNMENT = re.compile(r"^(?P<name>[A-Z_]+)=(?P<value>.*)$", re.DOTALL)
_MAKE_TARGET = re.compile(r"^(?P<names>[\w./ -]+):(?!=)", re.MULTILINE)
_MAKE_VARIABLES = frozenset({"Q", "PYTHON"})
_OWN_EXTRA = re.compile(r"^(?:\.|supervision-assistant)\[(?P<extra>[a-z]+)\]$")
_REQUIREMENT_OPTIONS = frozenset({"--editable", "-e", "--python", ".venv/bin/python", "--no-deps", "."})
_SPOKEN = frozenset({"export", "cp", "git", "cd", ".", "chmod", "mkdir"})

_TOO_COSTLY = (
    ("bench",),
    ("curate",),
    ("eval",),
    ("index", "--rebuild"),
    ("keys", "rotate"),
    ("site",),
    ("backup",),
    ("restore",),
)
"""Commands that take long, or need what another command made or what a person sets; only their words are checked."""

_ASKS_A_PERSON = ["cards", "review"]
"""Waits for a reviewer's decisions; its own tests type them."""


class UnknownCommandError(Exception):
    """The documentation holds a command of a form that this module cannot try."""


class Shell:
    """Tries commands in a folder apart, with settings of its own."""

    def __init__(self, *, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._captured = captured

    def attempt(self, text: str) -> None:
        """Try one command line.

        Raises:
            UnknownCommandError: its form is unknown.
            AssertionError: it fails, or names something that is not there.
        """
        *before, words = _stages(text)
        typed = ""
        if before:
            if len(before) > 1 or before[0][:1] != ["echo"]:
                raise UnknownCommandError(f"only `echo ... | command` is known as a pipe: {text}")
            typed = " ".join(before[0][1:]) + "\n"
        while words and (assignment := _ASSIGNMENT.match(words[0])):
            _require_setting(assignment["name"])
            self._patch.setenv(assignment["name"], assignment["value"])
            words = words[1:]
        match words:
            case [program, *rest] if program in {PROGRAM, f".venv/bin/{PROGRAM}"}:
                self._run(rest, typed)
            case ["make", *rest]:
                _check_make(rest)
            case ["pip" | ".tools/bin/uv", *rest]:
                _check_install(rest)
            case ["python" | ".venv/bin/python", "-m", module, *_]:
                assert importlib.util.find_spec(module), f"there is no module {module}"
            case [tool, *_] if tool.removeprefix(".venv/bin/") in _tools():
                pass
            case [word, *rest] if word in _SPOKEN:
                _check_spoken(text, word, rest)
            case _:
                raise UnknownCommandError(f"no test knows this form of command: {text}")

    def _run(self, words: Sequence[str], typed: str) -> None:
        if words == _ASKS_A_PERSON or any(tuple(words[: len(costly)]) == costly for costly in _TOO_COSTLY):
            assert main([*words, "--help"]) == 0, f"the words are not understood: {words}"
            return
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        status = main(words)
        printed = self._captured.readouterr()
        if words[:1] == ["run"]:
            assert (status, "DISCORD_TOKEN" in printed.err) == (1, True), "`run` asks for the token where there is none"
            return
        assert status == 0, printed.err
        assert printed.out.strip()


def _stages(text: str) -> list[list[str]]:
    """Return the words of each command of a pipe."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=True)
    reader.commenters = ""
    reader.whitespace_split = True
    stages: list[list[str]] = [[]]
    for word in reader:
        if word == "|":
            stages.append([])
        elif set(word) <= set("|&;<>()"):
            raise UnknownCommandError(f"no test knows {word} in a command: {text}")
        else:
            stages[-1].append(word)
    return stages


def _require_setting(name: str) -> None:
    known = {*Settings.names(), *Settings.secrets(), *file_names(Settings.secrets())}
    assert name in known, f"{name} is no setting"


def _check_make(words: Sequence[str]) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = {name for found in _MAKE_TARGET.finditer(makefile) for name in found["names"].split()}
    for word in words:
        assignment = _ASSIGNMENT.match(word)
        if assignment:
            assert assignment["name"] in _MAKE_VARIABLES, f"the Makefile reads no {assignment['name']}"
        else:
            assert word in targets, f"the Makefile has no target {word}"


def _check_install(words: Sequence[str]) -> None:
    rest = list(words)
    if rest[:1] == ["pip"]:
        rest = rest[1:]
    if rest[:1] != ["install"]:
        raise UnknownCommandError(f"only `pip install` is known, not {' '.join(words)}")
    for word in rest[1:]:
        own = _OWN_EXTRA.match(word)
        if own:
            assert own["extra"] in extras(), f"there is no extra {own['extra']}"
        elif word not in _REQUIREMENT_OPTIONS:
            raise UnknownCommandError(f"no test knows {word} in pip install")


def _check_spoken(text: str, word: str, rest: Sequence[str]) -> None:
    subprocess.run(["bash", "-n", "-c", text], check=True, capture_output=True)  # noqa: S603, S607  # parsed, not run
    if word == "export":
        for assignment in rest:
            _require_setting(assignment.partition("=")[0])
    if word == "cp":
        assert (REPOSITORY / rest[0]).exists(), f"there is no {rest[0]} to copy"
    if word == ".":
        assert rest == [".venv/bin/activate"], "only the environment is sourced"


def _tools() -> frozenset[str]:
    """Return the development tools that a page may call by their name."""
    groups = pyproject()["dependency-groups"]["dev"]
    return frozenset(re.split(r"[\[<>=!~ ]", line)[0] for line in groups)


def workspace(folder: Path) -> Path:
    """Return a folder that looks like the repository to our commands, and holds no `.env`."""
    for name in ("knowledge", "tests", "docs"):
        (folder / name).symlink_to(REPOSITORY / name)
    return folder
