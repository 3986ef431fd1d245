"""The scenario cards of the rehearsal: invented clients, what they say next, and the units that feedback rests on."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from knowledge.entry import Corpus
from knowledge.errors import FixCorpus
from knowledge.frontmatter import Problem, load_yaml

FOLDER = Path(__file__).parent

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_Title = Annotated[str, StringConstraints(min_length=3, max_length=60, strip_whitespace=True)]
_Text = Annotated[str, StringConstraints(min_length=2, max_length=320, strip_whitespace=True)]
_Replies = Annotated[list[_Text], Field(min_length=2)]
_UnitId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+#[rswc][1-9]\d?$")]


class Marker(StrEnum):
    """How the client moves in a scenario."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"
    BOTH = "both"


class Theme(StrEnum):
    """Where a scenario is at home."""

    ALLIANCE = "alliance"
    CULTURE = "culture"
    TELEHEALTH = "telehealth"
    ADOLESCENTS = "adolescents"
    COUPLES = "couples"
    ENDINGS = "endings"


class Mover(StrEnum):
    """Where the client has moved: away from the counselor, against them, or both."""

    AWAY = "away"
    AGAINST = "against"
    BOTH = "both"


class RestsOn(BaseModel):
    """The ids of the units that are quoted with feedback, by what was observed in a line."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    named_shift: _UnitId
    owned_part: _UnitId
    asked: _UnitId
    explained_first: _UnitId
    defended: _UnitId
    over_apologised: _UnitId
    look: _UnitId = Field(description="quoted where nothing is sure")


class Replies(BaseModel):
    """What the client says next, by how they were met; two or more of each, so that they need not repeat."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    met: Annotated[list[_Text], Field(min_length=3)] = Field(description="after the shift was named or a part owned")
    asked: Annotated[list[_Text], Field(min_length=3)] = Field(description="after an open question")
    explained: _Replies = Field(description="after a line that begins with an explanation")
    defended: _Replies = Field(description="after a defense")
    apologised: _Replies = Field(description="after too much apology")
    unclear: _Replies = Field(description="after anything else")


class Scenario(BaseModel):
    """One scenario card; the client in it is invented."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: _Id
    title: _Title
    marker: Annotated[Marker, Field(strict=False)]
    theme: Annotated[Theme, Field(strict=False)]
    setting: _Text
    happened: _Text
    moved: Annotated[Mover, Field(strict=False)]
    says: _Text = Field(description="what the client said last")
    rests_on: RestsOn
    supervision: _Id = Field(description="the card whose question is taken to supervision")
    replies: Replies


def read_scenarios(corpus: Corpus, folder: Path = FOLDER) -> tuple[tuple[Scenario, ...], list[Problem]]:
    """Read every scenario card, ordered by marker and title, with every problem found.

    Args:
        corpus: the cards, whose units the scenarios name.
        folder: where the files are.
    """
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        scenario, found = _read(path, corpus)
        scenarios += [scenario] if scenario else []
        problems += found
    if not scenarios and not problems:
        problems.append(Problem("scenarios", 0, "folder", "holds no scenario; restore the files"))
    order = list(Marker)
    return tuple(sorted(scenarios, key=lambda one: (order.index(one.marker), one.title))), problems


def load_scenarios(corpus: Corpus, folder: Path = FOLDER) -> tuple[Scenario, ...]:
    """Return every scenario card, ordered by marker and title.

    Raises:
        FixCorpus: one cannot be used; the first problem is named, and the number of the others.
    """
    scenarios, problems = read_scenarios(corpus, folder)
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise FixCorpus(f"the scenarios are not usable: {problems[0]}{more}", "`supervision-bot cards check` lists all")
    return scenarios


def _read(path: Path, corpus: Corpus) -> tuple[Scenario | None, list[Problem]]:
    name = f"scenarios/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        values = load_yaml(text)
    except (OSError, UnicodeDecodeError):
        return None, [Problem(name, 0, "file", "cannot be read as UTF-8; restore it")]
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        return None, [Problem(name, line, "file", "is not YAML; quote the value or mend it")]
    lines = text.splitlines()
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        return None, [_problem(name, lines, dict(detail)) for detail in error.errors(include_input=False)]
    return scenario, list(_check(scenario, path, lines, corpus))


def _problem(name: str, lines: list[str], detail: dict[str, Any]) -> Problem:
    keys = [str(part) for part in detail["loc"]]
    field = ".".join(keys) or "file"
    said = detail["msg"][0].lower() + detail["msg"][1:]
    if detail["type"] == "extra_forbidden":
        said = f"unknown key; known are {', '.join(_known(keys))}"
    return Problem(name, _line(lines, keys[-1] if keys else ""), field, said)


def _known(keys: list[str]) -> list[str]:
    parts: dict[str, type[BaseModel]] = {"rests_on": RestsOn, "replies": Replies}
    model = parts.get(keys[0], Scenario) if len(keys) > 1 else Scenario
    return list(model.model_fields)


def _check(scenario: Scenario, path: Path, lines: list[str], corpus: Corpus) -> Iterator[Problem]:
    name = f"scenarios/{path.name}"
    if scenario.id != path.stem:
        yield Problem(name, _line(lines, "id"), "id", "differs from the file's name; make them equal")
    for key, unit in scenario.rests_on.model_dump().items():
        if unit not in corpus.units:
            yield Problem(name, _line(lines, key), f"rests_on.{key}", f"no card holds {unit}; name a unit that exists")
    if scenario.supervision not in corpus.by_id:
        yield Problem(name, _line(lines, "supervision"), "supervision", f"no card is called {scenario.supervision}")
    for key, replies in scenario.replies.model_dump().items():
        if len(set(replies)) < len(replies):
            yield Problem(name, _line(lines, key), f"replies.{key}", "a reply stands twice; remove one")


def _line(lines: list[str], key: str) -> int:
    return next((number for number, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:")), 0)
