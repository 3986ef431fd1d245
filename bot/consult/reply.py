"""Composes what the asker sees; the only place where a close is made, and every outcome gets one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.consult.moves import offers_another
from bot.consult.outcome import (
    Abstained,
    Answered,
    CrisisReferral,
    Outcome,
    OutOfScope,
    Passage,
    Screened,
    Unavailable,
    Withheld,
)
from bot.consult.reading import UNREAD, Marker, Reading
from bot.consult.references import References, badges, one_line
from bot.consult.responding import HEADING, response
from bot.curation.cards import with_curated
from bot.safety.verdicts import Alarm, Audience, Field, Level
from knowledge.entry import Card, Corpus, Kind
from knowledge.screens import SafetyTexts


class Role(StrEnum):
    """What a part of a reply is for; renderers may style it, never drop it."""

    SAFETY = "safety"
    PRIVACY = "privacy"
    TEXT = "text"
    REFLECTED = "reflected"
    READING = "reading"
    SUGGESTIONS = "suggestions"
    WORDING = "wording"
    WATCH = "watch"
    REFLECT = "reflect"
    SOURCES = "sources"
    REVIEWED = "reviewed"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph or list of a reply, in Discord's Markdown, without blank lines."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker sees.

    Attributes:
        parts: in order.
        close: the prompt to human supervision; printed last, whatever was cut before it.
    """

    parts: tuple[Part, ...]
    close: str

    @property
    def text(self) -> str:
        """The whole reply as Markdown, the close as its last paragraph."""
        return "\n\n".join([*(part.text for part in self.parts), self.close])


_RIGHT_PERSON = {
    Field.MEDICATION: ("Medication questions are", "The prescriber or a pharmacist can answer it."),
    Field.DIAGNOSIS: ("Diagnosis is", "Your supervisor or the diagnosing clinician can answer it."),
    Field.LAW: (
        "Legal questions are",
        "An attorney, your board or your privacy officer can answer it, and your supervisor should know.",
    ),
    Field.BILLING: ("Billing and insurance are", "Your site's billing office or the payer can answer it."),
    Field.TESTING: ("Tests and their scoring are", "A supervisor trained in the test can answer it."),
    Field.PROTOCOL: ("Treatment protocols are", "Your supervisor, or training in that protocol, can answer it."),
    Field.HOMEWORK: ("Coursework is", "Your instructor is the person to ask."),
    Field.SOFTWARE: ("Software and computers are", "Its help page or your site's support can answer it."),
    Field.LETTER: (
        "Letters and documents for third parties are",
        "Your supervisor decides with you what may be written and by whom.",
    ),
    Field.INSTRUCTION: (
        "Changing how this tool works is",
        "Its rules stay as they are, whoever asks, and what you typed is treated as text.",
    ),
    Field.OTHER: ("That is", "A colleague or a search engine will do better."),
}
_ENGLISH_ONLY = (
    "I can only answer in English, and I may not have understood danger in what you wrote, so these steps come first. "
    "If you can, ask again in English; plain words are enough."
)
_OFFER = "If something is strained between you and a client over it, ask me that."
_NOT_COVERED = (
    "I hold nothing that answers this well, and I won't guess. I can help with strain in the alliance: noticing a "
    "rupture, repairing it, particular situations (anger, silence, culture, lateness, endings, telehealth), and "
    "bringing it to supervision."
)
_WITHHELD = (
    "I could not be sure that every identifying detail was out of your question, so I did not process it. "
    "Please ask again without names, contact details, dates or places; if it was posted in a channel, delete it."
)
_UNAVAILABLE = (
    "Something in me failed, so I have no answer for you. Please try again in a few minutes; your words were not kept."
)
_SMALL = "-# "
_BUILT_IN = "From the built-in writer: no language model read this question."
_KNOWN_FACTS_KINDS = frozenset({Kind.CONCEPT, Kind.MOVE, Kind.SUPERVISION, Kind.ETHICS, Kind.SAFETY})


class Composer:
    """Turns outcomes into replies for one region."""

    def __init__(self, corpus: Corpus, texts: SafetyTexts, notice: str | None = None) -> None:
        """Hold the sources, the region's safety texts, and what the operator tells of the model that is asked."""
        self._corpus = corpus
        self._texts = texts
        self._notice = one_line(notice or "")

    def compose(self, outcome: Outcome, *, built_in: bool = False) -> Reply:
        """Return the reply to an outcome, which always ends with a close.

        Args:
            outcome: what a question came to.
            built_in: whether the asker chose to do without the language model that there is.
        """
        told = self._told(built_in=built_in)
        match outcome:
            case CrisisReferral(alarm=alarm, language=language):
                return self._crisis(alarm, language)
            case Answered():
                return self._answer(outcome, told)
            case Abstained(clarify=clarify):
                return self._screened(outcome, one_line(clarify or "") or _NOT_COVERED, told)
            case OutOfScope():
                return self._outside(outcome, told)
            case Withheld(alarm=alarm):
                return Reply((*self._caution(alarm), Part(Role.PRIVACY, _WITHHELD)), self._close())
            case Unavailable(alarm=alarm):
                return Reply((*self._caution(alarm), Part(Role.TEXT, _UNAVAILABLE)), self._close())
            case _:
                assert_never(outcome)

    def close(self) -> str:
        """Return the close by itself, for what is shown beside replies: sources, cards, notices."""
        return self._close()

    def _outside(self, outcome: OutOfScope, told: tuple[Part, ...]) -> Reply:
        if outcome.language is not None:
            steps = (*self._in_language(outcome.language), *self._steps("unknown"))
            return Reply((*steps, Part(Role.TEXT, _ENGLISH_ONLY)), self._close())
        what, who = _RIGHT_PERSON[outcome.field]
        return self._screened(outcome, f"{what} outside what I hold, and I won't guess. {who}\n{_OFFER}", told)

    def _crisis(self, alarm: Alarm, language: str | None) -> Reply:
        translated = self._in_language(language)
        if alarm.audience is Audience.SELF:
            steps = (Part(Role.SAFETY, self._texts.own), Part(Role.SAFETY, self._texts.own_limits))
            return Reply(
                (*translated, *steps),
                "Please reach one person now: someone you trust, a clinician, or a supervisor who is safe for you.",
            )
        close = "**Next step:** your supervisor or on-call person, by phone. Repair can wait."
        return Reply((*translated, *self._steps(alarm.danger.value)), close)

    def _steps(self, danger: str) -> tuple[Part, ...]:
        steps = self._texts.other.get(danger, self._texts.other["unknown"])
        return Part(Role.SAFETY, steps), Part(Role.SAFETY, self._texts.other_limits)

    def _in_language(self, language: str | None) -> tuple[Part, ...]:
        sentence = self._texts.english_only.get(language or "")
        return (Part(Role.SAFETY, sentence),) if sentence else ()

    def _screened(self, outcome: Screened, text: str, told: tuple[Part, ...]) -> Reply:
        references = References(self._corpus)
        parts = [*self._caution(outcome.alarm), *_privacy(outcome), *self._reflected(outcome, UNREAD, references)]
        parts.append(Part(Role.TEXT, text))
        parts += [Part(Role.SOURCES, references.line(references.cards))] if references.cards else []
        return Reply((*parts, *told), self._close())

    def _reflected(self, outcome: Screened, read: Reading, references: References) -> tuple[Part, ...]:
        said = [references.cite(each) for each in response(outcome.reflection, read, self._corpus)]
        return (Part(Role.REFLECTED, "\n".join([HEADING, *said])),) if said else ()

    def _told(self, *, built_in: bool) -> tuple[Part, ...]:
        """Return what is told of who wrote: the operator's words on the model, but to nobody who does without it."""
        words = _BUILT_IN if built_in else self._notice
        return (Part(Role.SOURCES, f"{_SMALL}{words}"),) if words else ()

    def _answer(self, outcome: Answered, told: tuple[Part, ...]) -> Reply:
        draft = outcome.draft
        references = References(with_curated(self._corpus, (passage.card for passage in outcome.passages)))
        first = self._leading(outcome)
        label = "Worth knowing" if first.head.kind in _KNOWN_FACTS_KINDS else "What this may be"
        parts = [*self._caution(outcome.alarm), *_privacy(outcome)]
        if draft.fell_back:
            parts.append(Part(Role.TEXT, "-# The language model could not be reached; this is the built-in writer."))
        if draft.aside:
            parts.append(Part(Role.TEXT, one_line(draft.aside)))
        parts += self._reflected(outcome, draft.rupture, references)
        known = references.cite(draft.reading) if draft.reading else ""
        if draft.rupture.signs or known:
            parts.append(Part(Role.READING, _with_sign(draft.rupture, known) or _reading(label, known)))
        listed = [f"{number}. {references.cite(item)}" for number, item in enumerate(draft.suggestions, 1)]
        parts.append(Part(Role.SUGGESTIONS, "\n".join(["**To consider**", *listed])))
        if draft.wording:
            parts.append(Part(Role.WORDING, f"**Words to try:** {references.cite(draft.wording)}"))
        if draft.watch:
            parts.append(Part(Role.WATCH, f"**Watch for:** {references.cite(draft.watch)}"))
        parts.append(Part(Role.REFLECT, f"**Ask yourself:** {one_line(draft.reflect)}"))
        used = _cards_used(outcome.passages, draft_cites(outcome))
        parts.append(Part(Role.SOURCES, references.line(references.cards)))
        parts += [Part(Role.REVIEWED, badge) for badge in badges(used)]
        return Reply((*parts, *told), self._close(draft.supervision))

    def _leading(self, outcome: Answered) -> Card:
        """Return the card of the first suggestion, which need not be the nearest one."""
        cards = _cards_used(outcome.passages, outcome.draft.suggestions[0].cites)
        return cards[0] if cards else outcome.passages[0].card

    def _caution(self, alarm: Alarm) -> tuple[Part, ...]:
        if alarm.level is not Level.CAUTION:
            return ()
        own = alarm.audience is Audience.SELF
        return (Part(Role.SAFETY, self._texts.own_caution if own else self._texts.caution),)

    def _close(self, supervision: str = "") -> str:
        asked = one_line(supervision)
        question = (
            f'"{asked}"' if asked else "this question, in your own words, to your supervisor or consultation group."
        )
        emergency = _or_local(self._texts.emergency)
        return (
            f"**Bring to supervision:** {question} Your supervisor knows your work; this tool does not.\n"
            f"{_SMALL}If anyone may be in danger now: {emergency}, then your supervisor by phone."
        )


def _reading(label: str, text: str) -> str:
    """Return the reading under its label; a text that opens with "This may be" needs no second one."""
    opening = "This may be "
    return f"**{opening.strip()}** {text.removeprefix(opening)}" if text.startswith(opening) else f"**{label}:** {text}"


_MAY_BE = {
    Marker.WITHDRAWAL: "a withdrawal",
    Marker.CONFRONTATION: "a confrontation",
    Marker.BOTH: "a withdrawal and a confrontation at once",
}
_ASK = "Other explanations are possible, so ask rather than assume."


def _with_sign(rupture: Reading, known: str) -> str:
    """Return what there may be, the words that it rests on, and another explanation; nothing without a sign."""
    if not rupture.signs:
        return ""
    what = _MAY_BE[rupture.marker]
    signs = " and ".join(f'"{one_line(sign)}"' for sign in rupture.signs)
    said = f"This may be {what}"
    if known.startswith(said):
        return f"**This may be** {known.removeprefix('This may be ')} The sign: {signs}."
    other = known if offers_another(known) else f"{_ASK} {known}"
    return f"**This may be** {what}; the sign is {signs}. {other}".rstrip()


def danger_line(close: str) -> str:
    """Return the line for danger that stands last in a close, for a public place that may say no more than that."""
    return close.rpartition("\n")[2].removeprefix(_SMALL)


def draft_cites(outcome: Answered) -> tuple[str, ...]:
    """Return the ids of every unit that an answer shows, in order, each once."""
    draft = outcome.draft
    shown = [draft.reading, *draft.suggestions, draft.wording, draft.watch]
    return tuple(dict.fromkeys(cite for statement in shown if statement for cite in statement.cites))


def _cards_used(passages: Iterable[Passage], cites: Iterable[str]) -> list[Card]:
    used = {cite.partition("#")[0] for cite in cites}
    return [passage.card for passage in passages if passage.card.id in used]


def _privacy(outcome: Screened) -> tuple[Part, ...]:
    if not outcome.removed:
        return ()
    kinds = ", ".join(f"{removal.count} {removal.type}" for removal in outcome.removed)
    text = (
        f"**I removed {kinds} before processing this.** What is typed in Discord, Discord has received. Please don't "
        "post client identifiers; if it is in a channel, delete it and tell your supervisor or privacy officer."
    )
    return (Part(Role.PRIVACY, text),)


def _or_local(emergency: str) -> str:
    return f"{emergency} (or your emergency number)" if emergency.isdigit() else emergency
