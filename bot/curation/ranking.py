"""One ranking of the core corpus's cards and a server's own answers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.curation import review
from bot.curation.cards import PREFIX, CuratedCard, VerifiedCard
from bot.curation.shelf import Near, Shelf
from bot.storage.clock import Clock, utc_now
from bot.storage.curated import Content, Item, Live, SecondView
from bot.storage.supervisors import Mark, Supervisors
from knowledge.entry import Card, Citation, Corpus, FrontMatter, Kind, Review, Section, Source, SourceCustom, Unit
from knowledge.retrieval import Found, Retrieved

LEAST_NEARNESS = 0.35
"""Below it an answer says nothing on a question."""

_SINGLE_ROW = 0.07
"""How much nearer a card's one nearest row is than the five that a card's nearness is the mean of: the median over the
five best cards of 200 tuning questions. An answer is known by its one nearest row."""

_OVERDUE = 0.05
_VERIFIED = 0.02
"""In cosine similarity: what being overdue costs, and what a mark of the server's own supervisors is worth."""

_LEAST_SPREAD = 0.05
_ANSWERS = 4
_CARDS = 8
_GROUP = "this group's supervisors"


class CuratedRanking:
    """Puts a server's own answers among the cards that were found."""

    def __init__(self, shelf: Shelf, supervisors: Supervisors, corpus: Corpus, *, clock: Clock = utc_now) -> None:
        """Hold the parts.

        Args:
            shelf: finds a server's answers.
            supervisors: knows which core cards a server has verified or hidden.
            corpus: the core corpus.
            clock: the time.
        """
        self._shelf = shelf
        self._supervisors = supervisors
        self._corpus = corpus
        self._clock = clock

    async def rank(self, server: int, retrieved: Retrieved) -> Retrieved:
        """Return what was found with the server's own answers in their places, and without the cards it has hidden.

        Raises:
            AssistantError: the database cannot be used.
        """
        marks = await self._supervisors.card_marks(server)
        near = await self._shelf.nearest(server, retrieved.vector) if retrieved.vector is not None else ()
        if not marks and not near:
            return retrieved
        return merge(retrieved, near, self._corpus, marks=marks, today=self._clock().date())


def merge(
    retrieved: Retrieved, near: Sequence[Near], corpus: Corpus, *, marks: Mapping[str, Mark], today: date
) -> Retrieved:
    """Return one ranking.

    Scores of the core compare within one question alone, so an answer gets the score that a core card as near to the
    question would have: the best card's, and as much more or less as scores change with nearness among those found.

    Args:
        retrieved: what was found in the core corpus.
        near: a server's answers near to the same question.
        corpus: the core corpus.
        marks: what the server says of core cards.
        today: decides what is overdue.
    """
    hidden = {card for card, mark in marks.items() if mark.kind == "hidden"}
    shown = [found for found in retrieved.found if found.card.id not in hidden]
    slope = _slope(retrieved.found)
    core = [_marked(found, marks.get(found.card.id), slope) for found in shown]
    answers = [one for one in near if one.nearness >= LEAST_NEARNESS][:_ANSWERS]
    cards = [card_of(one.live, corpus, today=today, topic=_topic(shown)) for one in answers]
    ours = [_placed(one, card, retrieved.found, slope, today) for one, card in zip(answers, cards, strict=True)]
    ranked = sorted([*ours, *core], key=lambda found: -found.score)[:_CARDS]
    units = {
        f"{card.id}#{part}": value
        for one, card in zip(answers, cards, strict=True)
        for part, value in one.parts.items()
        if part[0] in set(Section)
    }
    return replace(retrieved, found=tuple(ranked), unit_nearness={**retrieved.unit_nearness, **units})


def _marked(found: Found, mark: Mark | None, slope: float) -> Found:
    """Return a card that was found, lifted and with its badge where it was verified."""
    if mark is None:
        return found
    card = found.card
    verified = VerifiedCard(card.head, card.units, card.path, review.verified(mark))
    return replace(found, card=verified, score=found.score + slope * _VERIFIED)


def _placed(one: Near, card: Card, core: Sequence[Found], slope: float, today: date) -> Found:
    nearness = one.nearness - _SINGLE_ROW
    late = _OVERDUE if review.overdue(one.live.answer.review_by, today) else 0.0
    if not core:
        return Found(card, nearness - late, nearness, 0.0, 0.0, 0.0)
    best = core[0]
    score = best.score + slope * (nearness - late - best.nearness)
    return Found(card, score, nearness, best.overlap, best.whole, best.fit)


def _slope(found: Sequence[Found]) -> float:
    """Return how much a score grows with nearness among the cards that were found."""
    if not found:
        return 1.0
    nearness, scores = [one.nearness for one in found], [one.score for one in found]
    return (max(scores) - min(scores)) / max(max(nearness) - min(nearness), _LEAST_SPREAD) or 1.0


def _topic(found: Sequence[Found]) -> str:
    return found[0].card.primary_topic if found else "none"


def card_of(live: Live, corpus: Corpus, *, today: date, topic: str) -> CuratedCard:
    """Return a live answer as a card.

    Args:
        live: the answer.
        corpus: its sources may be named.
        today: decides what is overdue.
        topic: stands for an answer's topic where it names none.
    """
    content, card_id = live.content, f"{PREFIX}{live.answer.name}"
    own = _own_sources(content, corpus)
    cited = {source: own[source].id if source in own else source for source in content.sources}
    cites = tuple(Citation(source) for source in cited.values()) or (Citation(own[_GROUP].id),)
    units = tuple(
        Unit(f"{card_id}#{section.value}{number}", section, item.text, _citations(item, content, cited) or cites)
        for section, items in _sections(content)
        for number, item in enumerate(items, 1)
    )
    signed = live.answer.signature
    head = FrontMatter.model_construct(
        id=card_id,
        title=content.title,
        kind=Kind(content.kind),
        topics=list(content.topics) or [topic],
        evidence=content.evidence,  # type: ignore[arg-type]  # checked where it came in
        confidence=content.confidence,  # type: ignore[arg-type]  # as above
        sources=[citation.source for citation in cites],
        review=Review.model_construct(
            role=signed.role, licence=signed.licence, jurisdiction=signed.jurisdiction, date=signed.on
        )
        if signed
        else "unreviewed",
        reflect=content.reflect or "What in this is about me, and what about my client?",
        supervision=content.supervision or "What would my supervisor want to know before I try this?",
        asks=list(content.asks),
    )
    badge = review.badge(signed, live.answer.review_by, today) if signed else ""
    return CuratedCard(head, units, f"{card_id}.md", badge, tuple(map(_shown, live.views)), tuple(own.values()))


def _sections(content: Content) -> tuple[tuple[Section, tuple[Item, ...]], ...]:
    return (
        (Section.READING, content.when_to_use),
        (Section.SUGGESTION, content.text),
        (Section.WORDING, content.wording),
        (Section.CAUTION, content.caution),
    )


def _own_sources(content: Content, corpus: Corpus) -> dict[str, Source]:
    named = [source for source in content.sources if source not in corpus.sources]
    if not content.sources:
        named = [_GROUP]
    return {name: _source(name) for name in named}


def _source(name: str) -> Source:
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    custom = SourceCustom(grade="practice wisdom", label=name)
    return Source(id=f"own-{digest}", type="document", title=name, custom=custom)


def _citations(item: Item, content: Content, cited: Mapping[str, str]) -> tuple[Citation, ...]:
    found = []
    for cite in item.cites:
        source, _, voice = cite.partition("@")
        if source not in cited and source.isdigit():
            source = content.sources[int(source) - 1]
        found.append(Citation(cited[source], voice or None))
    return tuple(found)


def _shown(view: SecondView) -> str:
    what = "Second view" if view.about == "view" else f"Caveat ({view.about})"
    signed = view.signature
    by = f"{signed.role}, {signed.licence}, {signed.jurisdiction}, {signed.on.isoformat()}"
    return f"{what} by {by}: {view.text}"
