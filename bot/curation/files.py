"""Curated answers as files: one a file, in the form of a card, so that what is written out is read back exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.curation.documents import ENDINGS, read_document, require_reader
from bot.errors import FixInput
from bot.storage.answers import Entry
from bot.storage.curated import Content, Item
from knowledge.entry import SECTION_HEADINGS, Kind, ReviewState, Section
from knowledge.frontmatter import Problem, load_yaml

LARGEST_FILE = 200_000
"""Bytes; an answer is a page or two."""

_FENCE = "---"
_ITEM = re.compile(
    r"^- (?P<text>\S.*?)(?:\s+\{#(?P<id>[rswc][1-9]\d?)(?P<cites>(?: [a-z0-9-]+(?:@[A-Z][A-Za-z]+)?)*)\})?$"
)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 60
_PARTS = {
    Section.READING: "when_to_use",
    Section.SUGGESTION: "text",
    Section.WORDING: "wording",
    Section.CAUTION: "caution",
}

_Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=_LONGEST_NAME)]


class Head(BaseModel):
    """The front matter of an answer's file; a card of the corpus has all of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: _Id
    title: _Line
    kind: Annotated[Kind, Field(strict=False)] = Kind.SITUATION
    topics: Annotated[list[_Id], Field(max_length=3)] = []
    evidence: Literal["practice wisdom", "article", "ethics code", "study", "meta-analysis"] = "practice wisdom"
    confidence: Literal["low", "moderate", "high"] = "moderate"
    sources: list[_Line] = []
    review: ReviewState = "unreviewed"
    reflect: str = ""
    supervision: str = ""
    asks: Annotated[list[_Line], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read from a folder.

    Attributes:
        entries: the answers, by name; none of them is to be taken in while there are problems.
        problems: what is wrong, file by file.
        remarks: what was made of documents, each a sentence.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()


def read_folder(folder: Path) -> Folder:
    """Read every `.md` file and every document of a folder.

    Raises:
        FixInput: it is no folder that can be read, or it holds no such file.
        InstallExtra: it holds documents, and what reads them is not installed.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".md" or _is_document(path))
    except OSError:
        raise FixInput(f"{folder} is no folder that can be read", "name the folder that holds the files") from None
    if not paths:
        raise FixInput(f"{folder} holds no .md, .docx or .pdf file", "name the folder that holds the answers' files")
    if any(map(_is_document, paths)):
        require_reader()
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[str] = []
    taken: dict[str, str] = {}
    for path in paths:
        name = name_of(path.stem) if _is_document(path) else path.stem
        if name in taken:
            problems.append(Problem(path.name, 0, "file", f"would become {name}, as {taken[name]} does; rename one"))
            continue
        taken[name] = path.name
        entry, found, remark = read_document(path, name) if _is_document(path) else (*_read_file(path), "")
        entries += [entry] if entry else []
        problems += found
        remarks += [remark] if remark else []
    return Folder(tuple(entries), tuple(problems), tuple(remarks))


def _is_document(path: Path) -> bool:
    # Word keeps a file of this beginning beside a document that is open.
    return path.suffix.lower() in ENDINGS and not path.name.startswith("~$")


def _read_file(path: Path) -> tuple[Entry | None, list[Problem]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            text = f"larger than {LARGEST_FILE:,} bytes; an answer is a page or two, so split it"
            return None, [Problem(path.name, 0, "file", text)]
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [Problem(path.name, 0, "file", "not UTF-8 text; save it as UTF-8")]
    except OSError:
        return None, [Problem(path.name, 0, "file", "cannot be read; mend its permissions")]
    return parse_answer(text, path.name)


def parse_answer(text: str, file: str) -> tuple[Entry | None, list[Problem]]:
    """Read one answer.

    Args:
        text: the file's content.
        file: its name, without which the id cannot be right.

    Returns:
        The answer, or None where it has problems, and those.
    """
    lines = text.split("\n")
    lines = [line.rstrip("\r") for line in lines]
    if lines[0] != _FENCE or _FENCE not in lines[1:]:
        problem = Problem(file, 1, "front matter", "missing; start the file with a block between two lines of ---")
        return None, [problem]
    end = lines.index(_FENCE, 1)
    head, problems = _parse_head(lines[1:end], file)
    parts, body_problems = _parse_body(lines, end + 1, file)
    problems += body_problems
    if head and head.id != file.removesuffix(".md"):
        problems.append(Problem(file, 2, "id", f"is {head.id}; it has to be the file's name without .md"))
    if head is None or problems:
        return None, problems
    return Entry(head.id, _content(head, parts)), []


def _content(head: Head, parts: dict[Section, list[Item]]) -> Content:
    return Content(
        title=head.title,
        text=tuple(parts[Section.SUGGESTION]),
        asks=tuple(head.asks),
        when_to_use=tuple(parts[Section.READING]),
        wording=tuple(parts[Section.WORDING]),
        caution=tuple(parts[Section.CAUTION]),
        sources=tuple(head.sources),
        topics=tuple(head.topics),
        kind=head.kind.value,
        evidence=head.evidence,
        confidence=head.confidence,
        reflect=head.reflect.strip(),
        supervision=head.supervision.strip(),
    )


def _parse_head(lines: Sequence[str], file: str) -> tuple[Head | None, list[Problem]]:
    try:
        values = load_yaml("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "not YAML"
        line = mark.line + 2 if mark else 1
        return None, [Problem(file, line, "front matter", f"{reason}; quote the value or mend the YAML")]
    if not isinstance(values, dict):
        return None, [Problem(file, 2, "front matter", "is no list of keys; write `key: value` lines")]
    try:
        return Head.model_validate(values), []
    except ValidationError as error:
        return None, [_head_problem(dict(one), lines, file) for one in error.errors(include_input=False)]


def _head_problem(detail: dict[str, Any], lines: Sequence[str], file: str) -> Problem:
    key = str(detail["loc"][0])
    line = next((number for number, text in enumerate(lines, 2) if text.startswith(f"{key}:")), 1)
    if detail["type"] == "extra_forbidden":
        return Problem(file, line, key, f"unknown key; known are {', '.join(Head.model_fields)}")
    if detail["type"] == "missing":
        return Problem(file, line, key, "missing; every answer has it")
    return Problem(file, line, key, detail["msg"][0].lower() + detail["msg"][1:])


def _parse_body(lines: Sequence[str], start: int, file: str) -> tuple[dict[Section, list[Item]], list[Problem]]:
    parts: dict[Section, list[Item]] = {section: [] for section in Section}
    problems: list[Problem] = []
    section: Section | None = None
    seen: list[str] = []
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        if line.startswith("## "):
            seen.append(line[3:].strip())
            section = SECTION_HEADINGS.get(seen[-1])
            if section is None or seen.count(seen[-1]) > 1:
                known = ", ".join(SECTION_HEADINGS)
                problems.append(Problem(file, number, seen[-1], f"unknown or twice; the headings are {known}"))
            continue
        found = _ITEM.match(line)
        if section is None or found is None:
            problems.append(Problem(file, number, "item", "no item under a heading; write `- text` or `- text {#s1}`"))
        elif found["id"] not in {None, f"{section.value}{len(parts[section]) + 1}"}:
            wanted = f"{section.value}{len(parts[section]) + 1}"
            problems.append(Problem(file, number, found["id"], f"is out of its order; here stands {wanted}"))
        elif "{#" in found["text"]:
            problems.append(Problem(file, number, "item", "holds two marks; give each item a line of its own"))
        else:
            parts[section].append(Item(" ".join(found["text"].split()), tuple((found["cites"] or "").split())))
    return parts, problems


def render_answer(name: str, content: Content, review: dict[str, Any] | None = None) -> str:
    """Return an answer as a file; what `parse_answer` makes of it is the same answer.

    Args:
        name: the answer's name.
        content: its words.
        review: role, licence, jurisdiction and date of its approval; to be read only, since a file approves nothing.
    """
    head = {
        "id": name,
        "title": content.title,
        "kind": content.kind,
        "topics": list(content.topics),
        "evidence": content.evidence,
        "confidence": content.confidence,
        "sources": list(content.sources),
        "review": review or "unreviewed",
        "reflect": content.reflect,
        "supervision": content.supervision,
        "asks": list(content.asks),
    }
    written = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=10_000)
    lines = [_FENCE, written.rstrip("\n"), _FENCE]
    for heading, section in SECTION_HEADINGS.items():
        lines += ["", f"## {heading}", ""]
        for number, item in enumerate(getattr(content, _PARTS[section]), 1):
            cites = "".join(f" {cite}" for cite in item.cites)
            lines.append(f"- {item.text} {{#{section.value}{number}{cites}}}")
    return "\n".join(lines).rstrip("\n") + "\n"


def write_folder(folder: Path, answers: Sequence[tuple[str, str]]) -> None:
    """Write files, each whole or not at all.

    Args:
        folder: made where it is missing.
        answers: name and text of each.

    Raises:
        FixInput: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in answers:
            new = folder / f".{name}.new"
            new.write_text(text, encoding="utf-8", newline="\n")
            new.replace(folder / f"{name}.md")
    except OSError:
        raise FixInput(f"{folder} cannot be written", "mend its permissions, or name another folder") from None


def name_of(title: str, taken: frozenset[str] = frozenset()) -> str:
    """Return a short name for a title that is not taken yet."""
    words = _NAME.findall(title.casefold().encode("ascii", "ignore").decode())
    stem = "-".join(words)[: _LONGEST_NAME - 4].strip("-") or "answer"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
