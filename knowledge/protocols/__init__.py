"""Protocols of peer consultation: steps with their minutes and roles, a YAML file each, checked when they are read."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import FixCorpus
from knowledge.frontmatter import load_yaml

FOLDER = Path(__file__).parent

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
_Words = Annotated[str, Field(min_length=3, max_length=600)]
_Answer = Annotated[str, Field(min_length=1, max_length=55)]
_FEWEST_ANSWERS, _MOST_ANSWERS = 2, 10
"""Answers of a poll, and 55 characters of one (Discord's API reference, "Poll Object")."""


class StepKind(StrEnum):
    """What happens in a step."""

    TALK = "talk"
    POLL = "poll"
    PASSAGES = "passages"
    CLOSE = "close"


class Poll(BaseModel):
    """What is asked in a poll, and what can be chosen; several at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asks: Annotated[str, Field(min_length=3, max_length=300)]
    answers: Annotated[tuple[_Answer, ...], Field(min_length=_FEWEST_ANSWERS, max_length=_MOST_ANSWERS)]


class Step(BaseModel):
    """One step.

    Attributes:
        name: what stands above it.
        kind: what happens in it.
        minutes: how long it takes.
        says: what everybody does in it.
        poll: what is asked, in a step with a poll.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=3, max_length=40)]
    kind: StepKind
    minutes: Annotated[int, Field(ge=1, le=60)]
    says: _Words
    poll: Poll | None = None

    @model_validator(mode="after")
    def _only_a_poll_asks(self) -> "Step":
        if (self.kind is StepKind.POLL) != (self.poll is not None):
            raise ValueError("a step of the kind `poll` has a `poll`, and no other step has one")
        return self


class Roles(BaseModel):
    """What each role does, in a sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    presenter: _Words
    consultant: _Words
    observer: _Words


class Protocol(BaseModel):
    """A protocol.

    Attributes:
        id: the name of its file.
        title: what people choose it by.
        minutes: how long it takes in all, which its steps have to add up to.
        roles: what each role does.
        steps: in order; the last one closes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Name
    title: Annotated[str, Field(min_length=3, max_length=80)]
    minutes: int
    roles: Roles
    steps: Annotated[tuple[Step, ...], Field(min_length=3, max_length=12)]

    @model_validator(mode="after")
    def _is_whole(self) -> "Protocol":
        total = sum(step.minutes for step in self.steps)
        if total != self.minutes:
            raise ValueError(f"the steps take {total} minutes, and `minutes` says {self.minutes}")
        kinds = [step.kind for step in self.steps]
        if kinds[-1] is not StepKind.CLOSE or kinds.count(StepKind.CLOSE) != 1:
            raise ValueError("the last step, and no other, is of the kind `close`")
        if kinds[0] is not StepKind.TALK:
            raise ValueError("the first step is of the kind `talk`: somebody presents before anything else")
        for kind in (StepKind.POLL, StepKind.PASSAGES):
            if kinds.count(kind) > 1:
                raise ValueError(f"there is one step of the kind `{kind}` at most")
        return self


def load_protocols(folder: Path = FOLDER) -> dict[str, Protocol]:
    """Read every protocol in a folder, by its id, the shortest first.

    Raises:
        FixCorpus: there is none, or a file does not hold to its format; names file and field.
    """
    found = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    if not found:
        raise FixCorpus("there are no protocols in knowledge/protocols", "install the program again")
    return {protocol.id: protocol for protocol in sorted(found, key=lambda one: (one.minutes, one.id))}


def _load(path: Path) -> Protocol:
    where = f"knowledge/protocols/{path.name}"
    mend = "mend the file (docs/peer.md has its form), or restore it"
    try:
        protocol = Protocol.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        detail = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in detail["loc"])
        reason = f"{field}: {detail['msg']}" if field else detail["msg"]
        raise FixCorpus(f"{where} is not usable ({reason})", mend) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise FixCorpus(f"{where} is not usable (it cannot be read)", mend) from None
    if protocol.id != path.stem:
        raise FixCorpus(f"{where} is not usable (id: it is not the name of the file)", mend)
    return protocol
