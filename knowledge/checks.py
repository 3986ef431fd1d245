"""The rules that a corpus holds to, beyond the form of each file."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from knowledge.entry import EVIDENCE_ORDER, Card, Corpus, Section
from knowledge.frontmatter import Problem

_WORD_LIMITS = {Section.READING: 40, Section.SUGGESTION: 30, Section.WORDING: 30, Section.CAUTION: 25}
_REFLECT_WORDS, _SUPERVISION_WORDS = 15, 22
_SUGGESTIONS_WANTED = {"move": 4, "situation": 4, "marker": 4}
_STUDY_GRADES = {"meta-analysis", "review", "study", "expert survey"}
_STRONGEST_BY_GRADE = {
    "meta-analysis": "meta-analysis",
    "review": "study",
    "study": "study",
    "expert survey": "study",
    "ethics code": "ethics code",
    "guideline": "ethics code",
    "law": "ethics code",
    "practice wisdom": "practice wisdom",
}


def check_corpus(corpus: Corpus) -> Iterator[Problem]:
    """Yield everything in a corpus that breaks a rule, in the order of its cards."""
    seen: set[str] = set()
    for card in corpus.cards:
        if card.id in seen:
            yield Problem(card.path, 2, "id", f"{card.id} is another card's id; choose another")
        seen.add(card.id)
        yield from _check_head(card, corpus)
        yield from _check_units(card, corpus)
    uncovered = set(corpus.topics) - {card.primary_topic for card in corpus.cards}
    for topic in sorted(uncovered):
        yield Problem("topics.txt", 0, topic, "no card has it as its first topic; write one")


def _check_head(card: Card, corpus: Corpus) -> Iterator[Problem]:
    def problem(field: str, text: str) -> Problem:
        return Problem(card.path, 2, field, text)

    if PurePosixPath(card.path).name != f"{card.id}.md":
        yield problem("id", "differs from the file's name; make them equal")
    for topic in card.head.topics:
        if topic not in corpus.topics:
            yield problem("topics", f"{topic} is not in topics.txt; use a topic from there")
    if len(set(card.head.topics)) < len(card.head.topics):
        yield problem("topics", "a topic stands twice; remove one")
    if len({ask.casefold() for ask in card.head.asks}) < len(card.head.asks):
        yield problem("asks", "an ask stands twice; remove one")
    for field, limit in (("reflect", _REFLECT_WORDS), ("supervision", _SUPERVISION_WORDS)):
        words = len(getattr(card.head, field).split())
        if words > limit:
            yield problem(field, f"has {words} words; shorten it to {limit}")
    yield from _check_sources(card, corpus)
    yield from _check_evidence(card, corpus)


def _check_sources(card: Card, corpus: Corpus) -> Iterator[Problem]:
    cited = {citation.source for unit in card.units for citation in unit.citations}
    if sorted(cited) != list(card.head.sources):
        wanted = ", ".join(sorted(cited))
        yield Problem(card.path, 2, "sources", f"must be the sorted ids that the units cite: {wanted}")
    for source in sorted(cited - set(corpus.sources)):
        yield Problem(card.path, 2, "sources", f"{source} is not in sources.yaml; add it there or use another")


def _check_evidence(card: Card, corpus: Corpus) -> Iterator[Problem]:
    grades = [corpus.sources[s].custom.grade for s in card.head.sources if s in corpus.sources]
    strongest = max((EVIDENCE_ORDER.index(_STRONGEST_BY_GRADE.get(g, "article")) for g in grades), default=0)
    if EVIDENCE_ORDER.index(card.head.evidence) > strongest:
        carried = EVIDENCE_ORDER[strongest]
        yield Problem(card.path, 2, "evidence", f"{card.head.evidence} is more than its sources carry; use {carried}")


def _check_units(card: Card, corpus: Corpus) -> Iterator[Problem]:
    def problem(unit: str, text: str) -> Problem:
        return Problem(card.path, 0, unit, text)

    for section in Section:
        ids = [unit.id.partition("#")[2] for unit in card.section(section)]
        wanted = [f"{section}{number}" for number in range(1, len(ids) + 1)]
        if ids != wanted:
            yield problem(section.name.lower(), f"units are numbered {', '.join(ids)}; number them {', '.join(wanted)}")
        if not ids:
            yield problem(section.name.lower(), "the section is empty; give it a unit")
    fewest = _SUGGESTIONS_WANTED.get(card.head.kind, 1)
    if len(card.section(Section.SUGGESTION)) < fewest:
        yield problem("To consider", f"a {card.head.kind} card has at least {fewest} suggestions; add some")
    for unit in card.units:
        words, limit = len(unit.text.split()), _WORD_LIMITS[unit.section]
        if words > limit:
            yield problem(unit.id, f"has {words} words; shorten it to {limit}")
        grades = {corpus.sources[c.source].custom.grade for c in unit.citations if c.source in corpus.sources}
        says_research = any(claim in unit.text.lower() for claim in ("research shows", "studies show"))
        if says_research and grades and not grades & _STUDY_GRADES:
            yield problem(unit.id, "says what research shows, and cites no study; reword it or cite one")
