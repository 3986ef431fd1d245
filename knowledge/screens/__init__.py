"""The data of the screens, crisis texts and lines by region, and how they are read."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from knowledge.errors import FixCorpus
from knowledge.frontmatter import load_yaml

_FOLDER = Path(__file__).parent

KINDS = ("suicide", "violence", "abuse", "partner-violence", "acute-state", "unknown")
"""Kinds of danger to someone else that have steps of their own."""


class _LineSource(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    url: Annotated[str, Field(pattern=r"^https://")]
    checked: date


class Lines(BaseModel):
    """The emergency and crisis lines of one region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    emergency: str
    lifeline: str
    reporting_line: str
    sources: list[_LineSource]

    @model_validator(mode="after")
    def _numbers_have_sources(self) -> "Lines":
        if (
            any(letter.isdigit() for letter in self.emergency + self.lifeline + self.reporting_line)
            and not self.sources
        ):
            raise ValueError("a printed number needs an official source and the date it was checked")
        return self


@dataclass(frozen=True, slots=True)
class SafetyTexts:
    """The fixed texts of one region, ready to print.

    Attributes:
        region: the region's id.
        emergency: the emergency number, or words for it.
        other: steps for danger to a client or someone else, by kind of danger; `unknown` where it has none.
        other_limits: what the tool cannot do, and a line for the asker's own danger.
        own: steps for the counselor's own danger.
        own_limits: what the tool cannot do, and a line for danger to someone else.
        caution: two sentences that come before an answer.
    """

    region: str
    emergency: str
    other: dict[str, str]
    other_limits: str
    own: str
    own_limits: str
    caution: str


def regions() -> dict[str, Lines]:
    """Return the lines of every region that we hold.

    Raises:
        FixCorpus: lines.yaml is missing or does not hold to its format.
    """
    try:
        text = (_FOLDER / "lines.yaml").read_text(encoding="utf-8")
        return TypeAdapter(dict[str, Lines]).validate_python(load_yaml(text))
    except (OSError, yaml.YAMLError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it cannot be read"
        raise FixCorpus(f"knowledge/screens/lines.yaml is not usable ({reason})", "restore the file") from None


def load_safety_texts(region: str) -> SafetyTexts:
    """Read the fixed texts with a region's numbers filled in.

    Raises:
        FixCorpus: the region is unknown or a text is missing; the program must not start without them.
    """
    known = regions()
    lines = known.get(region)
    if lines is None:
        raise FixCorpus(f"there are no crisis lines for the region {region}", f"use one of {', '.join(sorted(known))}")

    def text(name: str) -> str:
        try:
            template = (_FOLDER / "steps" / f"{name}.md").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            template = ""
        if not template:
            raise FixCorpus(f"the crisis text {name}.md is missing or empty", "install the program again")
        return (
            template.replace("{emergency}", lines.emergency)
            .replace("{lifeline}", lines.lifeline)
            .replace("{reporting_line}", lines.reporting_line)
        )

    return SafetyTexts(
        region=region,
        emergency=lines.emergency,
        other={kind: text(kind) for kind in KINDS},
        other_limits=text("other_limits"),
        own=text("self"),
        own_limits=text("self_limits"),
        caution=text("caution"),
    )
