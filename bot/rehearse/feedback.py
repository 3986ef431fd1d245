"""Words what was observed in a line, each point with the passage it rests on, and the summary at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.consult.references import one_line
from bot.rehearse.seen import HELPS, Feature, Seen
from bot.rehearse.session import Rehearsal
from knowledge.entry import Corpus, Unit
from knowledge.scenarios import Scenario

NAMES: Mapping[Feature, str] = MappingProxyType(
    {
        Feature.NAMED_SHIFT: "named the shift",
        Feature.OWNED_PART: "owned a part",
        Feature.ASKED: "asked",
        Feature.EXPLAINED_FIRST: "explained first",
        Feature.DEFENDED: "defended",
        Feature.OVER_APOLOGISED: "apologized at length",
    }
)

_GOOD = {
    Feature.NAMED_SHIFT: "You named what changed or happened between the two of you.",
    Feature.OWNED_PART: "You owned a part of it as something that you did.",
    Feature.ASKED: "You made room for the client's side.",
}
_ALSO = {
    Feature.NAMED_SHIFT: "The line also names what happened between you. Hear how the rest of it sounds beside that.",
    Feature.OWNED_PART: "The line also owns a part. Hear how the rest of it sounds beside that.",
    Feature.ASKED: "The line also asks. Hear how the rest of it sounds beside the question.",
}
_HINDERS = {
    Feature.DEFENDED: "Part of the line defends you, corrects the client, or puts it on them.",
    Feature.OVER_APOLOGISED: "The apology takes up much room; the client may end up looking after you.",
    Feature.EXPLAINED_FIRST: "The line begins with an explanation, before anything about the client's side.",
}
_LOOK = "I am not sure enough of anything in this line to name it. Look at it beside this, and judge for yourself:"
_NOTHING_SAID = "No line was said."
_NOTHING_SURE = "nothing that I was sure of"
_UNREVIEWED = "Not yet clinician-reviewed"
_UNWORDED: Mapping[Feature, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that feedback says of a line.

    Attributes:
        feature: what was observed.
        says: our own words for it.
        unit: the passage that it rests on.
        is_praise: whether it is called good.
    """

    feature: Feature
    says: str
    unit: Unit
    is_praise: bool


def points(scenario: Scenario, seen: Seen, corpus: Corpus) -> list[Point]:
    """Return what feedback says of a line, in its order: nothing of what was not observed."""
    units = scenario.rests_on.model_dump()
    return [
        Point(feature, says, corpus.units[units[feature]], feature in seen.praised) for feature, says in _points(seen)
    ]


def feedback(scenario: Scenario, seen: Seen, corpus: Corpus, worded: Mapping[Feature, str] = _UNWORDED) -> list[str]:
    """Return a paragraph for each feature that was observed, with the passage behind it; one to look at where none was.

    Nothing is named that was not observed, and nothing is called good where a defense may stand in the line.

    Args:
        scenario: gives the passages.
        seen: what was observed in the line.
        corpus: holds the passages.
        worded: checked sentences in the place of our own words, by feature.
    """
    said = [
        f"**{worded.get(one.feature, one.says)}**\n{_passage(corpus, one.unit)}"
        for one in points(scenario, seen, corpus)
    ]
    return said or [f"{_LOOK}\n{_passage(corpus, corpus.units[scenario.rests_on.look])}"]


def summary(rehearsal: Rehearsal, corpus: Corpus) -> list[str]:
    """Return what was observed, line by line, and one thing to take to supervision; no score."""
    lines = [f"{number}. {_named(turn.seen)}" for number, turn in enumerate(rehearsal.turns, 1)] or [_NOTHING_SAID]
    card = corpus.by_id[rehearsal.scenario.supervision]
    return [
        "**What I observed, line by line**\n" + "\n".join(lines),
        f"**One thing for supervision**\n{one_line(card.head.supervision)}\n-# {one_line(card.head.title)}",
    ]


def grounds(scenario: Scenario, seen: Seen) -> dict[str, str]:
    """Return the id of the unit behind each point of the feedback, by feature; `look` where nothing was observed."""
    units = scenario.rests_on.model_dump()
    return {feature.value: units[feature] for feature, _ in _points(seen)} or {"look": units["look"]}


def _points(seen: Seen) -> Iterator[tuple[Feature, str]]:
    """Yield what is said of each feature: what helps first, and after what hinders where a defense may stand."""
    good = [(feature, _GOOD[feature]) for feature in Feature if feature in seen.praised]
    also = [(feature, _ALSO[feature]) for feature in Feature if feature in seen.features & HELPS - seen.praised]
    yield from good
    yield from ((feature, says) for feature, says in _HINDERS.items() if feature in seen.features)
    yield from also


def _named(seen: Seen) -> str:
    return ", ".join(NAMES[feature] for feature in Feature if feature in seen.features) or _NOTHING_SURE


def _passage(corpus: Corpus, unit: Unit) -> str:
    labels = dict.fromkeys(corpus.sources[citation.source].custom.label for citation in unit.citations)
    review = str(corpus.by_id[unit.card_id].head.review)
    state = _UNREVIEWED if review == "unreviewed" else f"Reviewed: {review}"
    return f"> {one_line(unit.text)}\n-# {' · '.join([*labels, state])} ({unit.id})"
