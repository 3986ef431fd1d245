"""The data of the screens: crisis texts, the lines of each region, other languages, and how they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.entry import Review
from knowledge.errors import FixCorpus
from knowledge.frontmatter import Problem
from knowledge.screens.languages import load_languages
from knowledge.screens.lines import Region, load_regions
from knowledge.screens.texts import UNREVIEWED, Step, load_step

_FOLDER = Path(__file__).parent

KINDS = ("suicide", "violence", "abuse", "partner-violence", "acute-state", "unknown")
"""Kinds of danger to someone else that have steps of their own."""

TEXTS = (*KINDS, "other_limits", "self", "self_limits", "caution", "self_caution")
"""Names of all crisis texts, each a file in `steps/`."""


@dataclass(frozen=True, slots=True)
class SafetyTexts:
    """The fixed texts of one region, ready to print; each ends with a small line on who has reviewed it, if anyone.

    Attributes:
        region: the region's id.
        emergency: the emergency number, or words for it.
        other: steps for danger to a client or someone else, by kind of danger; `unknown` where it has none.
        other_limits: what the tool cannot do, and a line for the asker's own danger; printed after the steps, it
            carries the small line for both.
        own: steps for the counselor's own danger.
        own_limits: the same, with a line for danger to someone else.
        caution: two sentences that come before an answer.
        own_caution: the same where it may be the counselor who is at risk.
        english_only: by language, the sentence for those who write in it; languages without one are not in it.
    """

    region: str
    emergency: str
    other: dict[str, str]
    other_limits: str
    own: str
    own_limits: str
    caution: str
    own_caution: str
    english_only: dict[str, str]


def regions(folder: Path | None = None) -> dict[str, Region]:
    """Return the lines of every region that we hold, by the names of their files.

    Raises:
        FixCorpus: a file is missing or does not hold to its format.
    """
    return load_regions((folder or _FOLDER) / "regions")


def load_safety_texts(region: str, review: Review | None = None) -> SafetyTexts:
    """Read the fixed texts with a region's numbers filled in.

    Args:
        region: whose lines.
        review: a review by those who use the texts, which counts for what has none of its own.

    Raises:
        FixCorpus: the region is unknown or a text is missing; the program must not start without them.
    """
    known = regions()
    lines = known.get(region)
    if lines is None:
        raise FixCorpus(f"there are no crisis lines for the region {region}", f"use one of {', '.join(sorted(known))}")
    read = {name: replace(step, review=step.review or review) for name, step in steps().items()}
    text = {name: lines.fill(step.text) for name, step in read.items()}
    languages = load_languages(_FOLDER)
    return SafetyTexts(
        region=region,
        emergency=lines.emergency.text,
        other={kind: text[kind] for kind in KINDS},
        other_limits=text["other_limits"] + _small_lines(read, *KINDS, "other_limits"),
        own=text["self"],
        own_limits=text["self_limits"] + _small_lines(read, "self", "self_limits"),
        caution=text["caution"] + _small_lines(read, "caution"),
        own_caution=text["self_caution"] + _small_lines(read, "self_caution"),
        english_only={code: language.sentence for code, language in languages.items() if language.sentence},
    )


def _small_lines(read: Mapping[str, Step], *names: str) -> str:
    """Return what is said of the review of some texts; where one of them is unreviewed, that alone."""
    said = sorted({read[name].said for name in names if not any(read[other].review is None for other in names)})
    return "".join(f"\n-# {line}" for line in said or [UNREVIEWED])


def steps(folder: Path | None = None) -> dict[str, Step]:
    """Return every crisis text by its name, numbers not filled in.

    Raises:
        FixCorpus: a file is missing, empty or does not hold to its format.
    """
    return {name: load_step((folder or _FOLDER) / "steps" / f"{name}.md") for name in TEXTS}


def check_screens(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the regions, the crisis texts and the languages in a folder; the first of each.

    Args:
        folder: holds `regions/`, `steps/` and `languages.yaml`.
    """
    for name, load in (("regions", regions), ("steps", steps), ("languages.yaml", load_languages)):
        try:
            load(folder)
        except FixCorpus as error:
            yield Problem(f"screens/{name}", 0, "file", f"{error.problem}; {error.mend}")
