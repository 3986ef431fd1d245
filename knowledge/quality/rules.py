"""The two files of exceptions and warnings that stand beside the cards."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from knowledge.entry import Corpus
from knowledge.frontmatter import Problem, load_yaml


class AcceptedPair(BaseModel):
    """Two suggestions that may be alike, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    units: tuple[str, str]
    reason: str = Field(min_length=10)


class Unconfirmed(BaseModel):
    """A number or a section of a code that nobody has checked against its source yet.

    Attributes:
        text: how it is written, such as `A.11.b`.
        sources: only units that cite one of these are meant; none means every unit.
        why: what is to be confirmed, and where.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    why: str = Field(min_length=10)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the two files say."""

    accepted: frozenset[frozenset[str]]
    unconfirmed: tuple[Unconfirmed, ...]


_Item = TypeVar("_Item", AcceptedPair, Unconfirmed)


def read_rules(folder: Path, corpus: Corpus) -> tuple[Rules, list[Problem]]:
    """Read the exceptions that stand beside the cards, and name those that are about nothing."""
    pairs, problems = _read(folder / "accepted_pairs.yaml", AcceptedPair)
    unconfirmed, found = _read(folder / "unconfirmed.yaml", Unconfirmed)
    problems += found
    for pair in pairs:
        problems += [
            Problem("accepted_pairs.yaml", 0, unit, "no card has this unit; take the pair out")
            for unit in pair.units
            if unit not in corpus.units
        ]
    return Rules(frozenset(frozenset(pair.units) for pair in pairs), tuple(unconfirmed)), problems


def _read(path: Path, kind: type[_Item]) -> tuple[list[_Item], list[Problem]]:
    if not path.is_file():
        return [], []
    try:
        return TypeAdapter(list[kind]).validate_python(load_yaml(path.read_text(encoding="utf-8")) or []), []  # type: ignore[valid-type]  # a type made at run time
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        return [], [Problem(path.name, line, "file", "cannot be read as YAML in UTF-8; mend it")]
    except ValidationError as error:
        return [], [
            Problem(
                path.name,
                0,
                ".".join(str(part) for part in detail["loc"]) or "file",
                detail["msg"][0].lower() + detail["msg"][1:],
            )
            for detail in error.errors(include_input=False)
        ]
