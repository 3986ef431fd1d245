"""Reads one card file: YAML front matter, then sections of list items with unit marks."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.entry import REVIEW_FORMS, SECTION_HEADINGS, Card, Citation, FrontMatter, Review, Section, Unit

_FENCE = "---"
_MARK = re.compile(r"^(?P<text>.*\S)\s+\{#(?P<id>[rswc][1-9]\d?)(?P<sources>(?: [a-z0-9-]+(?:@[A-Z][a-z]+)?)+)\}$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a knowledge file.

    Attributes:
        file: path relative to the corpus folder.
        line: line number from 1, or 0 where the whole file is meant.
        field: front-matter key, unit id or heading that it is about.
        text: what is wrong and how to mend it.
    """

    file: str
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        """Return `file:line: field: text`, the form that editors jump to."""
        return f"{self.file}:{self.line}: {self.field}: {self.text}"


def parse_card(text: str, file: str) -> tuple[Card | None, list[Problem]]:
    """Read one card.

    Args:
        text: the file's content.
        file: its path relative to the corpus folder, used in problems.

    Returns:
        The card, or None where it could not be made, and every problem found.
    """
    lines = text.splitlines()
    if not lines or lines[0] != _FENCE or _FENCE not in lines[1:]:
        problem = Problem(file, 1, "front matter", "missing; start the file with a block between two lines of ---")
        return None, [problem]
    end = lines.index(_FENCE, 1)
    head, problems = _parse_head(lines[1:end], file)
    card_id = head.id if head else file.rpartition("/")[2].removesuffix(".md")
    units, body_problems = _parse_body(lines, end + 1, card_id, file)
    problems += body_problems
    return (Card(head, units, file) if head else None), problems


def _parse_head(lines: list[str], file: str) -> tuple[FrontMatter | None, list[Problem]]:
    try:
        values = load_yaml("\n".join(lines), _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        reason = getattr(error, "problem", None) or "not YAML"
        return None, [Problem(file, line, "front matter", f"{reason}; quote the value or mend the YAML")]
    if not isinstance(values, dict):
        return None, [Problem(file, 2, "front matter", "is no list of keys; write `key: value` lines")]
    try:
        return FrontMatter.model_validate(values), []
    except ValidationError as error:
        return None, [_head_problem(dict(detail), lines, file) for detail in error.errors(include_input=False)]


def safe_loader() -> type[yaml.SafeLoader]:
    """Return YAML's safe loader, the one on libyaml where the wheel carries it (ten times as fast)."""
    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return loader


def load_yaml(text: str, loader: type[yaml.SafeLoader] = safe_loader()) -> Any:  # noqa: ANN401, B008  # YAML holds anything; a constant
    """Read YAML with a safe loader.

    Raises:
        yaml.YAMLError: the text is not YAML, or a value does not fit its type (as `2024-99-99` does not fit a date).
    """
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506  # every caller's is built on the safe loader
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        problem = "a value looks like a date or a number and is none"
        raise yaml.constructor.ConstructorError(None, None, problem) from None


class _Loader(safe_loader()):  # type: ignore[misc]  # the base is chosen at import
    """The safe loader, refusing a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # the base\'s own form
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"the key {key.value!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _head_problem(detail: dict[str, Any], lines: list[str], file: str) -> Problem:
    path = detail["loc"]
    key = str(path[0])
    line = next((number for number, text in enumerate(lines, 2) if text.startswith(f"{key}:")), 1)
    inner = [part for part in path[1:] if part not in REVIEW_FORMS]
    field = key + "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in inner)
    known = Review.model_fields if inner and key == "review" else FrontMatter.model_fields
    if detail["type"] == "extra_forbidden":
        return Problem(file, line, field, f"unknown key; known are {', '.join(known)}")
    if detail["type"] == "missing":
        return Problem(file, line, field, f"missing; add {known[str(path[-1])].description}")
    return Problem(file, line, field, detail["msg"][0].lower() + detail["msg"][1:])


def _parse_body(lines: list[str], start: int, card_id: str, file: str) -> tuple[tuple[Unit, ...], list[Problem]]:
    units: list[Unit] = []
    problems: list[Problem] = []
    headings: list[str] = []
    section: Section | None = None
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        if line.startswith("## "):
            headings.append(line[3:].strip())
            section = SECTION_HEADINGS.get(headings[-1])
            if section is None:
                known = ", ".join(SECTION_HEADINGS)
                problems.append(Problem(file, number, headings[-1], f"unknown heading; a card has {known}"))
            continue
        unit, problem = _parse_item(line, section, card_id, number, file)
        units += [unit] if unit else []
        problems += [problem] if problem else []
    if headings != list(SECTION_HEADINGS) and not problems:
        wanted = ", ".join(SECTION_HEADINGS)
        problems.append(Problem(file, start + 1, "headings", f"a card has exactly these, in this order: {wanted}"))
    return tuple(units), problems


def _parse_item(
    line: str, section: Section | None, card_id: str, number: int, file: str
) -> tuple[Unit | None, Problem | None]:
    mark = _MARK.match(line.removeprefix("- ")) if line.startswith("- ") else None
    if mark is None:
        form = "each line under a heading is `- text {#s1 source source@Voice}`"
        return None, Problem(file, number, "unit", f"not a unit; {form}")
    unit_id = mark["id"]
    if "{#" in mark["text"]:
        return None, Problem(file, number, unit_id, "holds two marks; give each unit a line of its own")
    if section is None or unit_id[0] != section:
        return None, Problem(file, number, unit_id, "stands under the wrong heading; its letter says its section")
    citations = tuple(
        Citation(source, voice or None)
        for source, _, voice in (part.partition("@") for part in mark["sources"].split())
    )
    return Unit(f"{card_id}#{unit_id}", section, mark["text"], citations), None
