"""A supervision note of one page: what it holds, how it is drawn from a consultation, and how it is edited."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.consult.outcome import Answered, Outcome, Screened
from bot.consult.reading import Marker, Reading, Tried
from bot.consult.references import one_line
from bot.consult.reflection import Reflection
from bot.consult.reply import draft_cites
from bot.consult.sources import where_from
from bot.curation.cards import with_curated
from knowledge.entry import Corpus

STAMP = "Not the clinical record"
"""Printed on every form of the note."""

LONGEST_SECTION = 1200
"""Characters of one section; eight of them fit on a page."""

CLOSE = (
    "Bring this to your supervisor and go through it together: they know your work, this tool does not. If anyone may "
    "be in danger now: your emergency number, then your supervisor by phone."
)


class Section(StrEnum):
    """The sections of a note, in their order."""

    HAPPENED = "happened"
    NOTICED = "noticed"
    MARKERS = "markers"
    MY_PART = "my_part"
    TRIED = "tried"
    PASSAGES = "passages"
    WANT = "want"


TITLES: Mapping[Section, str] = MappingProxyType(
    {
        Section.HAPPENED: "What happened",
        Section.NOTICED: "What I noticed and felt",
        Section.MARKERS: "Markers that may fit",
        Section.MY_PART: "My part",
        Section.TRIED: "What I tried",
        Section.PASSAGES: "Passages I read",
        Section.WANT: "What I want from supervision",
    }
)
HINTS: Mapping[Section, str] = MappingProxyType(
    {
        Section.HAPPENED: "In a few sentences, without anything that identifies the client.",
        Section.NOTICED: "In the client, in the room, and in me: what did I feel just before, and what since?",
        Section.MARKERS: "A withdrawal, a confrontation, both or neither? What else could it be?",
        Section.MY_PART: "What did I do or leave out that may have added to it?",
        Section.TRIED: "What have I said or done about it so far, and what came of it?",
        Section.PASSAGES: "What I read about it, and where it is from.",
        Section.WANT: "A question, a role-play, a decision to make together?",
    }
)

_MARKERS = {
    Marker.WITHDRAWAL: "It may be a withdrawal",
    Marker.CONFRONTATION: "It may be a confrontation",
    Marker.BOTH: "It may be a withdrawal and a confrontation at once",
}
_TRIED = {
    Tried.NOTHING: "nothing so far",
    Tried.APOLOGISED: "I apologised",
    Tried.EXPLAINED: "I explained",
    Tried.ASKED: "I asked about it",
    Tried.GAVE_IN: "I gave in",
    Tried.WITHDREW: "I pulled back",
    Tried.SUPERVISOR: "I spoke with my supervisor",
    Tried.REACHED_OUT: "I reached out",
}
_UNSURE = "Other explanations are possible; ask rather than assume."


@dataclass(frozen=True, slots=True)
class Note:
    """A supervision note.

    Attributes:
        made_on: the day.
        texts: what stands in each section; a section without words is left for the counselor to fill in by hand.
    """

    made_on: date
    texts: Mapping[Section, str]

    def text(self, section: Section) -> str:
        """Return what stands in a section; empty where nothing does."""
        return self.texts.get(section, "")

    def with_text(self, section: Section, text: str) -> "Note":
        """Return the note with another text in a section, cut where it is too long for a page."""
        kept = text.strip()[:LONGEST_SECTION]
        return replace(self, texts=MappingProxyType({**self.texts, section: kept}))


def note_from(outcome: Outcome, corpus: Corpus, today: date) -> Note:
    """Return a note with what a consultation tells; what only the counselor knows is left open.

    Args:
        outcome: what the consultation came to; its question is redacted.
        corpus: the cards.
        today: the note's day.
    """
    texts: dict[Section, str] = {}
    if isinstance(outcome, Screened):
        texts[Section.HAPPENED] = outcome.question.text
        texts[Section.NOTICED] = _noticed(outcome.reflection)
    if isinstance(outcome, Answered):
        reading = outcome.draft.rupture
        texts[Section.MARKERS] = _markers(reading)
        texts[Section.TRIED] = _tried(reading)
        found = with_curated(corpus, (passage.card for passage in outcome.passages))
        texts[Section.PASSAGES] = _passages(outcome, found)
        texts[Section.WANT] = outcome.draft.supervision
    note = Note(today, MappingProxyType({}))
    for section, text in texts.items():
        note = note.with_text(section, text)
    return note


def as_markdown(note: Note) -> str:
    """Return the note as Markdown, stamped, its close last."""
    lines = ["# Note for supervision", "", f"**{STAMP}.** {note.made_on.isoformat()}", ""]
    for section in Section:
        text = note.text(section)
        lines += [f"## {TITLES[section]}", "", text or f"*{HINTS[section]}*", ""]
    return "\n".join([*lines, "---", "", CLOSE, ""])


def _noticed(reflection: Reflection | None) -> str:
    """Return what the counselor reflected on before the answer."""
    if reflection is None:
        return ""
    told = [
        f"Between us, I think: {reflection.between}" if reflection.between else "",
        f"I felt: {reflection.felt}" if reflection.felt else "",
    ]
    return "\n".join(filter(None, told))


def _markers(reading: Reading) -> str:
    if not reading.signs:
        return ""
    signs = " and ".join(f'"{one_line(sign)}"' for sign in reading.signs)
    return f"{_MARKERS[reading.marker]}; the sign is {signs}. {_UNSURE}"


def _tried(reading: Reading) -> str:
    said = [_TRIED[tried] for tried in Tried if tried in reading.tried]
    return (", ".join(said)[:1].upper() + ", ".join(said)[1:] + ".") if said else ""


def _passages(outcome: Answered, corpus: Corpus) -> str:
    """Return the cards that the answer rests on, each with its first sources; whole lines within the section."""
    lines: list[str] = []
    for card_id in dict.fromkeys(cite.partition("#")[0] for cite in draft_cites(outcome)):
        card = corpus.by_id[card_id]
        cited = [corpus.units[cite] for cite in draft_cites(outcome) if cite.startswith(f"{card_id}#")]
        sources = dict.fromkeys(citation.source for unit in cited for citation in unit.citations)
        where = "; ".join(where_from(corpus.sources[source]) for source in sources)
        lines.append(f"- {one_line(card.head.title)} ({where})")
    while len("\n".join(lines)) > LONGEST_SECTION:
        lines.pop()
    return "\n".join(lines)
