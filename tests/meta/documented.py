"""Reads the documentation: its pages, fenced blocks, headings and links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

_FENCED = re.compile(r"^```(?P<language>\w+)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^()\s]*)\)")
_SCHEME = re.compile(r"^[a-z]+:")


@dataclass(frozen=True, slots=True)
class Command:
    """One shell command in the documentation."""

    page: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """One relative link in the documentation; `anchor` is empty where it names a whole file."""

    page: str
    path: str
    anchor: str


def pages() -> list[Path]:
    """Return the Markdown pages at the root and in docs/."""
    return sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])


def fenced(text: str, language: str) -> list[str]:
    """Return the contents of the fenced blocks of one language."""
    return [found["content"] for found in _FENCED.finditer(text) if found["language"] == language]


def commands() -> list[Command]:
    """Return every command in a `sh` block; a line that ends in a backslash goes on in the next."""
    found = []
    for path in pages():
        for content in fenced(path.read_text(encoding="utf-8"), "sh"):
            lines = content.replace("\\\n", " ").splitlines()
            found += [Command(_name(path), line) for line in lines if line.strip() and not line.startswith("#")]
    return found


def distinct(commands: Iterable[Command]) -> list[Command]:
    """Return each command once, under the first page that it stands on."""
    return list({command.text: command for command in reversed(list(commands))}.values())[::-1]


def links() -> list[Link]:
    """Return every link that names no other site."""
    found = []
    for path in pages():
        for match in _LINK.finditer(_ANY_FENCED.sub("", path.read_text(encoding="utf-8"))):
            if not _SCHEME.match(match["target"]):
                target, _, anchor = match["target"].partition("#")
                found.append(Link(_name(path), target, anchor))
    return found


def anchors(text: str) -> set[str]:
    """Return the anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", _ANY_FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()
