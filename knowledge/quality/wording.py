"""Claims that are too strong, and suggestions that tell nobody what to do."""

import re
from collections.abc import Iterator

from knowledge.entry import Card, Corpus, Section, Unit
from knowledge.frontmatter import Problem
from knowledge.quality.verbs import has_action

STUDY_GRADES = frozenset({"meta-analysis", "review", "study", "expert survey"})
"""Grades of sources that can carry a claim of research."""

_PROMISE = re.compile(
    r"\bwill (?:\w+ly )?(?:repair|heal|fix|mend|restore|rebuild|resolve|solve|save|strengthen|deepen|improve|succeed"
    r"|work\b|feel (?:better|safer?|heard)|get better|make (?:it|things|them) \w+)"
    r"|\b(?:clients?|they|she|he) will (?:calm|come back|forgive|open up|return|thank|trust)"
    r"|\b(?:always|never) (?:works?|fails?|helps?|heals?|repairs?)\b|\bworks every time\b|\bguarantee[sd]?\b"
    r"|\b(?:sure|certain|proven) to\b|\bcures?\b|\bfoolproof\b|\bmakes? therapy (?:better|work)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|never|nothing|nobody|cannot|without|promise\w*|promising|whether|lacks?|leave out)\b|n't\b",
    re.IGNORECASE,
)
"""What stands before words that would be a promise or a proof, and takes them back."""

_RESEARCH = re.compile(
    r"\b(?:research|evidence) (?:on|shows?|says|finds|found|suggests?|links?|has|proves?)\b|\bfindings\b"
    r"|(?<!who )\bstudies\b|\b(?:study|trial|meta-analys[ie]s|surveys? (?:by|found|of|shows?))\b",
    re.IGNORECASE,
)
_TOO_STRONG = re.compile(
    r"\b(?:proves?|proved|proven|proof that|causes?|caused|leads? to|led to|results? in|ensures?|guarantees?"
    r"|(?:has|have) been shown to|demonstrates?|establish(?:es|ed))\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|can|could|often|sometimes|seldom|usually|mostly|largely|likely|possibly|tend(?:s|ed)?|seem(?:s|ed)?"
    r"|suggests?|link(?:s|ed)?|associated|association|correlat\w+|relat(?:es|ed)|predict(?:s|ed)?|went with"
    r"|goe?s? with|leaned|found|report(?:s|ed|edly)?|rated|favou?red|agreed|argues?|warns?|differ|estimate\w*)\b",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"\b(?:[Aa]|[Oo]ne|[Aa]n|[Tt]h(?:at|is)) (?:[\w-]+ ){0,2}(?:study|trial|review|survey|sample|meta-analysis)\b"
    r"|\b(?:by|and) [A-Z]\w+|[A-Z]\w+'s (?:small )?(?:survey|study|review)|\bcolleagues\b"
)
"""A finding that is told as one work's, and not as everyone's."""

_PLATITUDE = re.compile(
    r"\b(?:be (?:empath(?:et)?ic|supportive|genuine|authentic|present|mindful|patient|compassionate|non-?judgmental)"
    r"|hold(?:ing)? space|meet (?:them|the client|clients) where|trust the process|build (?:trust|rapport)|show empathy"
    r"|communicate openly|practice self-care|stay positive|create a safe space|unconditional positive regard)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_QUOTED = re.compile(r'"[^"]*"')


def check_wording(corpus: Corpus) -> Iterator[Problem]:
    """Yield promises of an outcome, research without a hedge or a study, platitudes, and suggestions without an act."""
    for card in corpus.cards:
        for unit in card.units:
            for text in _faults(unit, corpus):
                yield _problem(card, unit, text)


def _problem(card: Card, unit: Unit, text: str) -> Problem:
    return Problem(card.path, 0, unit.id, text)


def _faults(unit: Unit, corpus: Corpus) -> Iterator[str]:
    promise = _promise(unit)
    if promise:
        yield f'promises an outcome ("{promise}"); say what may happen, or what to do'
    yield from _research_faults(unit, corpus)
    if unit.section is not Section.SUGGESTION:
        return
    empty = _PLATITUDE.search(unit.text)
    if empty:
        yield f'"{empty[0]}" does not say how; say what one does or says'
    if not has_action(unit.text):
        yield "has no verb that says what to do; begin with one, or add it to knowledge/quality/verbs.py"


def _promise(unit: Unit) -> str | None:
    """Return the words of a unit that promise something; what it quotes to warn of, or denies, is no promise."""
    text = unit.text if unit.section is Section.WORDING else _QUOTED.sub(" ", unit.text)
    for sentence in _SENTENCE.findall(text):
        found = _PROMISE.search(sentence)
        if found and not _DENIED.search(sentence[: found.start()]):
            return found[0]
    return None


def _research_faults(unit: Unit, corpus: Corpus) -> Iterator[str]:
    if unit.section is Section.WORDING:
        return
    grades = {corpus.sources[c.source].custom.grade for c in unit.citations if c.source in corpus.sources}
    speaks_of_research = _RESEARCH.search(unit.text)
    if not speaks_of_research and not grades & STUDY_GRADES:
        return
    text = _QUOTED.sub(" ", unit.text)
    strong = _TOO_STRONG.search(text)
    if strong and not _DENIED.search(text[: strong.start()]):
        yield f'"{strong[0]}" is more than a study shows; write what it found to go with what'
    elif speaks_of_research and not _HEDGED.search(text) and not _ATTRIBUTED.search(text):
        yield "speaks of research without a hedge; say who found it, or write may, tends, is linked with"
