"""Emergency and crisis lines: a file for each region, and no number without its official source and a date."""

from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import FixCorpus
from knowledge.frontmatter import load_yaml


class Line(BaseModel):
    """One line as it is printed.

    Attributes:
        text: the number, or words for it.
        what: whose it is.
        source: the address of the official page that names it.
        checked: the day on which it was compared with that page.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    what: str = ""
    source: Annotated[str, Field(pattern=r"^https://")] | None = None
    checked: date | None = None

    @model_validator(mode="after")
    def _a_number_has_a_source_and_a_date(self) -> "Line":
        if any(letter.isdigit() for letter in self.text) and not (self.what and self.source and self.checked):
            raise ValueError(
                "a printed number needs `what`, its official `source` (https) and the date it was `checked`"
            )
        return self


class Region(BaseModel):
    """The emergency and crisis lines of one region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    emergency: Line
    lifeline: Line
    reporting_line: Line

    def fill(self, template: str) -> str:
        """Return a text with the region's lines in the places that name them, such as `{emergency}`."""
        for name in type(self).model_fields:
            template = template.replace(f"{{{name}}}", getattr(self, name).text)
        return template


def load_regions(folder: Path) -> dict[str, Region]:
    """Read every region in a folder, by the name of its file without `.yaml`.

    Raises:
        FixCorpus: there is none, or a file does not hold to its format; names file and field.
    """
    found = {path.stem: _load_region(path) for path in sorted(folder.glob("*.yaml"))}
    if not found:
        raise FixCorpus(
            "there are no files with crisis lines in knowledge/screens/regions", "install the program again"
        )
    return found


def _load_region(path: Path) -> Region:
    mend = "mend the file (docs/screens.md has its form), or restore it"
    try:
        return Region.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        detail = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in detail["loc"])
        reason = f"{field}: {detail['msg']}" if field else detail["msg"]
        raise FixCorpus(f"knowledge/screens/regions/{path.name} is not usable ({reason})", mend) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise FixCorpus(f"knowledge/screens/regions/{path.name} is not usable (it cannot be read)", mend) from None
