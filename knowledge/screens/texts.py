"""Crisis texts: a file for each, with the state of its review in front."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.entry import Review, ReviewState
from knowledge.errors import FixCorpus
from knowledge.frontmatter import load_yaml

UNREVIEWED = "This text has not been reviewed by a licensed clinician."
_FENCE = "---\n"


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    review: ReviewState


@dataclass(frozen=True, slots=True)
class Step:
    """One crisis text.

    Attributes:
        text: what is printed, with places for a region's lines.
        review: who has reviewed it; None for nobody.
    """

    text: str
    review: Review | None

    @property
    def said(self) -> str:
        """One sentence on its review for those who read the text."""
        if self.review is None:
            return UNREVIEWED
        by = self.review
        return f"Reviewed by a {by.role} ({by.licence}, {by.jurisdiction}), {by.date.isoformat()}."


def load_step(path: Path) -> Step:
    """Read one text.

    Raises:
        FixCorpus: it is missing or empty, or its front matter is not `review:` with a state that we know.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        content = ""
    if not content.strip():
        raise FixCorpus(f"the crisis text {path.name} is missing or empty", "install the program again")
    head, fence, text = content.removeprefix(_FENCE).partition(f"\n{_FENCE}")
    if not content.startswith(_FENCE) or not fence:
        raise _unusable(path, "it does not start with a block between two lines of ---")
    if not text.strip():
        raise FixCorpus(f"the crisis text {path.name} is missing or empty", "install the program again")
    try:
        review = _Head.model_validate(load_yaml(head)).review
    except (ValidationError, yaml.YAMLError):
        raise _unusable(path, "its review state cannot be read") from None
    return Step(text.strip(), None if review == "unreviewed" else review)


def _unusable(path: Path, reason: str) -> FixCorpus:
    mend = (
        "write `review: unreviewed`, or `review:` with role, licence, jurisdiction and date, between two lines of ---"
    )
    return FixCorpus(f"the crisis text {path.name} is not usable: {reason}", mend)
