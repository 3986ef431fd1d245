"""Finds the texts that people review, cards and crisis texts alike, and writes a review into their front matter."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.entry import UNREVIEWED, Review, ReviewState
from knowledge.errors import FixCorpus, FixReview
from knowledge.frontmatter import load_yaml, safe_loader

_FENCE = "---"
_KEY = "review"
CRISIS_TEXT = "crisis text"
"""The kind of a text that is no card."""

_PLACES = ("screens/steps", "corpus")
"""Folders that hold such texts; crisis texts come first, as most rests on them."""

_STATE: TypeAdapter[Review | str] = TypeAdapter(ReviewState)


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A text with a review state in its front matter.

    Attributes:
        id: a card's id, or `steps/<name>` for a crisis text.
        kind: the card's kind, or `crisis text`.
        title: what it is about, in one line.
        path: the file.
        digest: `sha256:` and the start of the hash of the file as it is without a review.
        state: `unreviewed`, or who reviewed it.
    """

    id: str
    kind: str
    title: str
    path: Path
    digest: str
    state: Review | str

    @property
    def reviewed(self) -> bool:
        """Whether a licensed person has accepted it."""
        return self.state != UNREVIEWED


def require_writable(folder: Path) -> None:
    """Refuse a folder whose texts nobody can review.

    Raises:
        FixReview: it is that of an installed program, or cannot be written.
    """
    shipped = Path(__file__).parent
    if folder.resolve() == shipped.resolve() and not (shipped.parent / "pyproject.toml").is_file():
        problem = "these cards belong to an installed program and are read-only"
        raise FixReview(problem, "clone the repository and review there, or name a folder of cards with --folder")
    if not os.access(folder, os.W_OK):
        raise FixReview(f"the folder {folder} cannot be written", "mend its permissions, or name another with --folder")


def find_reviewables(folder: Path) -> list[Reviewable]:
    """Return every text of a knowledge folder that has a `review:` key, crisis texts first, then the cards by id.

    Args:
        folder: holds `corpus/` and, where crisis texts are reviewed too, `screens/steps/`.

    Raises:
        FixCorpus: a file cannot be read, or what stands under its `review:` is no review state.
    """
    found = []
    for place in _PLACES:
        paths = sorted((folder / place).rglob("*.md"), key=lambda path: path.name)
        found += [text for path in paths if (text := _read(path)) is not None]
    return found


def write_review(text: Reviewable, review: Review) -> None:
    """Write a review into the front matter of its file; every other byte stays as it is.

    Args:
        text: what was reviewed, as it was read before the review.
        review: who accepted it.

    Raises:
        FixReview: the file has changed since it was read, or cannot be written.
    """
    try:
        data = text.path.read_bytes()
        now = _read(text.path)
        if now is None or now.digest != text.digest:
            raise FixReview(f"{text.path.name} has changed since it was shown", "read it again, then accept it")
        _replace(text.path, with_review(data, review))
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "no reason was given"
        raise FixReview(
            f"{text.path} cannot be written ({reason})", "mend its permissions, or free some space"
        ) from None


def with_review(data: bytes, review: Review | None) -> bytes:
    """Return a file with another review in its front matter and every other byte the same.

    Args:
        data: the file; it has front matter with a `review:` key.
        review: the new review, or None for `unreviewed`.

    Raises:
        ValueError: it has no such front matter.
    """
    text = data.decode("utf-8")
    head = _head(text)
    span = _value_span(text[slice(*head)]) if head is not None else None
    if head is None or span is None:
        raise ValueError("there is no `review:` key to write to")
    start, end = (head[0] + place for place in span)
    return f"{text[:start]} {_written(review)}{text[end:]}".encode()


def _read(path: Path) -> Reviewable | None:
    """Return a file as a reviewable text, or None where it has no `review:` key."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
        head = _head(text)
        values = load_yaml(text[slice(*head)]) if head is not None else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise FixCorpus(f"{path} cannot be read", "restore it, or let `supervision-bot cards check` say more") from None
    if head is None or not isinstance(values, dict) or _KEY not in values:
        return None
    try:
        state = _STATE.validate_python(values[_KEY])
    except ValidationError as error:
        detail = error.errors(include_input=False)[0]
        problem = f"{path.name}: {_KEY}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
        raise FixCorpus(problem, "write `unreviewed`, or role, licence, jurisdiction and date") from None
    body = text[head[1] :].partition("\n")[2]
    digest = hashlib.sha256(with_review(data, None)).hexdigest()[:16]
    return Reviewable(*_names(path, values, body), path, f"sha256:{digest}", state)


def _names(path: Path, values: dict[Any, Any], body: str) -> tuple[str, str, str]:
    """Return id, kind and title; a crisis text has no keys for them and starts with its title."""
    first = next((line for line in body.splitlines() if line.strip()), path.stem)
    title = str(values.get("title") or first.split("**")[1 if first.startswith("**") else 0].strip())
    if path.parent.name == "steps":
        return f"steps/{path.stem}", CRISIS_TEXT, title
    return str(values.get("id") or path.stem), str(values.get("kind") or "card"), title


def _head(text: str) -> tuple[int, int] | None:
    """Return where the text between the two fences begins and ends, or None where there are no fences."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip("\r\n") != _FENCE:
        return None
    end = start = len(lines[0])
    for line in lines[1:]:
        if line.rstrip("\r\n") == _FENCE:
            return start, end
        end += len(line)
    return None


def _value_span(head: str) -> tuple[int, int] | None:
    """Return where the value of the review key stands, from behind its colon to its last letter."""
    tree = yaml.compose(head, Loader=safe_loader())
    for key, value in tree.value if isinstance(tree, yaml.MappingNode) else ():
        if key.value == _KEY:
            return key.end_mark.index + 1, _end(value)
    return None


def _end(node: yaml.Node) -> int:
    """Return where a node ends; a block mapping ends with its last value, not where the next key begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return _end(node.value[-1][1])
    return int(node.end_mark.index)


def _written(review: Review | None) -> str:
    if review is None:
        return UNREVIEWED
    words = ", ".join(
        f"{key}: {json.dumps(getattr(review, key), ensure_ascii=False)}" for key in ("role", "licence", "jurisdiction")
    )
    return f"{{{words}, date: {review.date.isoformat()}}}"


def _replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another in one step, so that a crash leaves no half-written card."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        new = Path(file.name)
    try:
        new.write_bytes(data)
        new.chmod(path.stat().st_mode)
        new.replace(path)
    except OSError:
        new.unlink()
        raise
