"""What the knowledge base holds: cards, their units, and the sources that these rest on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, field_validator


class Kind(StrEnum):
    """What a card is about."""

    CONCEPT = "concept"
    MARKER = "marker"
    MOVE = "move"
    SITUATION = "situation"
    SUPERVISION = "supervision"
    ETHICS = "ethics"
    SAFETY = "safety"


class Section(StrEnum):
    """The four sections of a card's body; the value is the letter that starts its units' ids."""

    READING = "r"
    SUGGESTION = "s"
    WORDING = "w"
    CAUTION = "c"


SECTION_HEADINGS = {
    "What it may be": Section.READING,
    "To consider": Section.SUGGESTION,
    "Words to try": Section.WORDING,
    "Watch for": Section.CAUTION,
}
"""Heading of a section in a card file, in the order in which a card holds them."""

EVIDENCE_ORDER = ("practice wisdom", "article", "ethics code", "study", "meta-analysis")
"""Grades of a card's evidence, weakest first."""

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
_Line = Annotated[str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True)]


UNREVIEWED = "unreviewed"
"""What stands under `review` until a licensed person has read the whole text."""

REVIEW_FORMS = ("word", "mapping")
"""The two forms of a review state, as pydantic names them in the place of an error."""

_EARLIEST_REVIEW = dt.date(2026, 1, 1)
_NO_LICENCE = frozenset(
    {"n/a", "na", "nil", "no", "none", "not licensed", "pending", "student", "trainee", "unlicensed"}
)

_Plain = Annotated[
    str,
    StringConstraints(pattern=r"^[^\W\d_][\w .,'\u2019&/()+-]*$", min_length=2, max_length=80, strip_whitespace=True),
]


class Review(BaseModel):
    """Who read a text, as what and under which licence, and when; never their name."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    role: _Plain = Field(description="the reviewer's role, such as clinical supervisor")
    licence: _Plain = Field(description="their licence, such as LPC-S or LCSW")
    jurisdiction: _Plain = Field(description="where that licence holds, such as Texas")
    date: Annotated[dt.date, Field(strict=False, ge=_EARLIEST_REVIEW)] = Field(description="the day of the review")

    def __str__(self) -> str:
        """Return it as answers and lists print it."""
        return f"{self.role}, {self.licence}, {self.jurisdiction}, {self.date.isoformat()}"

    @field_validator("licence")
    @classmethod
    def _is_a_licence(cls, licence: str) -> str:
        if licence.casefold() in _NO_LICENCE:
            raise ValueError("a review counts only by someone who holds a licence; leave the text unreviewed")
        return licence


def _review_form(value: object) -> str:
    return REVIEW_FORMS[isinstance(value, (Mapping, Review))]


ReviewState = Annotated[
    Annotated[Literal["unreviewed"], Tag(REVIEW_FORMS[0])] | Annotated[Review, Tag(REVIEW_FORMS[1])],
    Discriminator(_review_form),
]


class FrontMatter(BaseModel):
    """The head of a card file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: _Id = Field(description="the card's id, the same as its file name")
    title: _Line = Field(description="what the card is about, in one line")
    kind: Annotated[Kind, Field(strict=False)] = Field(description="what sort of card it is")
    topics: Annotated[list[_Id], Field(min_length=1, max_length=3)] = Field(
        description="topic ids, the primary one first"
    )
    evidence: Literal["practice wisdom", "article", "ethics code", "study", "meta-analysis"] = Field(
        description="the strongest grade that its claims rest on"
    )
    confidence: Literal["low", "moderate", "high"] = Field(description="how sure its writers are of it")
    sources: Annotated[list[_Id], Field(min_length=1)] = Field(
        description="ids from sources.yaml of every source its units cite"
    )
    review: ReviewState = Field(description="`unreviewed`, or the reviewer's role, licence, jurisdiction and date")
    reflect: _Line = Field(description="one question to ask oneself")
    supervision: _Line = Field(description="one question to take to supervision")
    asks: Annotated[list[_Line], Field(min_length=20)] = Field(
        description="questions that the card answers, as counselors type them"
    )


@dataclass(frozen=True, slots=True)
class Citation:
    """One source behind a unit, and the person quoted in it where there is one."""

    source: str
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One addressable statement of a card, true when it is read alone.

    Attributes:
        id: `card-id#s2`; the letter says the section.
        section: which of the four sections it stands in.
        text: the statement, plain text on one line.
        citations: what it rests on, at least one.
    """

    id: str
    section: Section
    text: str
    citations: tuple[Citation, ...]

    @property
    def card_id(self) -> str:
        """The id of the card that holds this unit."""
        return self.id.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of the knowledge base.

    Attributes:
        head: the front matter.
        units: every unit in the order of the file.
        path: where it was read from, relative to the corpus folder.
    """

    head: FrontMatter
    units: tuple[Unit, ...]
    path: str

    @property
    def id(self) -> str:
        """The card's id."""
        return self.head.id

    @property
    def primary_topic(self) -> str:
        """The topic that the card answers first of all."""
        return self.head.topics[0]

    def section(self, section: Section) -> tuple[Unit, ...]:
        """Return the units of one section in the order of the file."""
        return tuple(unit for unit in self.units if unit.section is section)


class _Name(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str | None = None
    given: str | None = None
    literal: str | None = None


class _Date(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    date_parts: list[list[int]] = Field(alias="date-parts", min_length=1)


SourceGrade = Literal[
    "meta-analysis",
    "review",
    "study",
    "expert survey",
    "ethics code",
    "guideline",
    "law",
    "manual",
    "book",
    "article",
    "secondary summary",
    "practice wisdom",
]


class SourceCustom(BaseModel):
    """What we add to a CSL item: its grade, a short label, and what was read of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grade: SourceGrade
    label: str
    note: str | None = None


class Source(BaseModel):
    """One item of sources.yaml, in the fields of CSL-JSON (citationstyles.org)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: _Id
    type: str
    title: str
    author: list[_Name] = Field(default_factory=list)
    editor: list[_Name] = Field(default_factory=list)
    issued: _Date | None = None
    container_title: str | None = Field(default=None, alias="container-title")
    publisher: str | None = None
    volume: str | int | None = None
    issue: str | int | None = None
    page: str | None = None
    doi: str | None = Field(default=None, alias="DOI")
    url: str | None = Field(default=None, alias="URL")
    custom: SourceCustom


@dataclass(frozen=True)
class Corpus:
    """The knowledge base as read from files.

    Attributes:
        cards: every card, ordered by id.
        sources: every source by its id.
        topics: topic ids in the order of topics.txt.
        digest: sha256 over every file read, in hexadecimal; equal digests mean equal corpora.
    """

    cards: tuple[Card, ...]
    sources: dict[str, Source]
    topics: tuple[str, ...]
    digest: str

    @cached_property
    def by_id(self) -> dict[str, Card]:
        """Every card by its id."""
        return {card.id: card for card in self.cards}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit by its id."""
        return {unit.id: unit for card in self.cards for unit in card.units}
