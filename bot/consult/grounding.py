"""Whether each statement stands on what it cites; code decides this, never the model that wrote it."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache

import numpy as np

from bot.consult import polarity
from bot.consult.agreement import ASIDE, wants_agreement
from bot.consult.cues import cues
from bot.consult.facts import facts_hold, plain
from bot.consult.meaning import Meaning, SourceReader, measure, sentences
from bot.consult.outcome import Draft, Statement
from bot.consult.ports import Judge, PrivacyScreen
from knowledge.embedding import TokenReader
from knowledge.entry import Corpus, Section, Unit
from knowledge.support import SupportModel

_FEWEST_SUGGESTIONS = 2
_LEAST_ENGLISH = 0.7
"""Share of a statement's words that the cards and their asks hold, below which it is taken for another language."""

_LONGEST_REFLECTION = 30
_MOST_REMEMBERED = 1_000
"""Sources of which it is remembered what the privacy screen finds in them."""

_QUOTED = re.compile(
    r"[\"\N{LEFT DOUBLE QUOTATION MARK}][^\"\N{RIGHT DOUBLE QUOTATION MARK}]*[\"\N{RIGHT DOUBLE QUOTATION MARK}]"
)
_LETTERS = re.compile(r"[^\W\d_]+")


class Verdict(StrEnum):
    """How a statement stands to its citations."""

    GROUNDED = "grounded"
    UNGROUNDED = "ungrounded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Grounded:
    """A draft with what is not grounded taken out.

    Attributes:
        draft: what may be shown.
        dropped: how many statements were taken out.
        missing: how many of those say nothing, or cite nothing that was found.
        filled: how many suggestions the built-in writer gave in their place.
        judge: who judged beside the code; None where nobody did.
    """

    draft: Draft
    dropped: int
    missing: int = 0
    filled: int = 0
    judge: str | None = None


class Grounder:
    """Reads drafts against the units that they cite."""

    def __init__(
        self,
        *,
        corpus: Corpus | None = None,
        reader: TokenReader | None = None,
        support: SupportModel | None = None,
        privacy: PrivacyScreen | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Hold what is read with; what is None is not looked at.

        Args:
            corpus: gives the grades of sources and the words that are English to us.
            reader: reads statements and their sources word by word.
            support: weighs what was read; it and the reader come together.
            privacy: finds identifiers that a model repeats.
            judge: a second model, which may find a statement unsupported.
        """
        self._grades = {source.id: source.custom.grade for source in corpus.sources.values()} if corpus else {}
        self._corpus = corpus
        self._reader = SourceReader(reader) if reader else None
        self._support = support
        self._privacy = privacy
        self._held = lru_cache(_MOST_REMEMBERED)(privacy.redact) if privacy else _nothing
        self._judge = judge

    async def ground(self, draft: Draft, units: Iterable[Unit], *, question: str = "", judged: bool = True) -> Grounded:
        """Take out of a draft what does not stand, and put curated statements where too little is left.

        Args:
            draft: a writer's.
            units: those that the writer was given.
            question: as redacted.
            judged: whether the second model may read it.
        """
        allowed = {unit.id: unit for unit in units}
        statements = _statements(draft)
        verdicts = await asyncio.to_thread(lambda: [self.verdict(one, allowed, question) for one in statements])
        judge = await self._second_opinion(draft, statements, verdicts, allowed) if judged else None
        standing = {one for one, verdict in zip(statements, verdicts, strict=True) if verdict is Verdict.GROUNDED}
        kept = _kept(draft, standing)
        filled = _fill(kept, allowed)
        return Grounded(
            draft=replace(
                filled,
                reflect=self._reflection(draft, allowed, question),
                aside=ASIDE if wants_agreement(question) else "",
                spare=None,
            ),
            dropped=sum(verdict is not Verdict.GROUNDED for verdict in verdicts),
            missing=verdicts.count(Verdict.MISSING),
            filled=len(filled.suggestions) - len(kept.suggestions),
            judge=judge,
        )

    def verdict(self, statement: Statement, allowed: Mapping[str, Unit], question: str = "") -> Verdict:
        """Judge one statement.

        Args:
            statement: what is said, and the unit ids that it names.
            allowed: the units that were retrieved, by id.
            question: as redacted.

        Returns:
            `missing` where it says nothing, cites nothing, or cites what was not retrieved; `ungrounded` where a fact
            in it, its meaning, its strength or its direction does not stand in what it cites; else `grounded`.
        """
        if not statement.text.strip() or not statement.cites or any(cite not in allowed for cite in statement.cites):
            return Verdict.MISSING
        cited = [allowed[cite] for cite in statement.cites]
        if statement.text in {unit.text for unit in cited}:
            return Verdict.GROUNDED
        if not self.words_stand(statement.text, cited, question):
            return Verdict.UNGROUNDED
        return Verdict.GROUNDED if self._means_the_same(statement.text, cited) else Verdict.UNGROUNDED

    def _means_the_same(self, text: str, cited: Sequence[Unit]) -> bool:
        if self._reader is None or self._support is None:
            texts = [unit.text for unit in cited]
            nearest = [(plain(one), plain(_nearest_by_words(one, texts))) for one in sentences(text)]
            return not any(self._twisted(own, theirs) for own, theirs in nearest)
        meaning = self.measure(text, cited, self._reader)
        numbers = np.array([meaning.cues[name] for name in self._support.card.cues], dtype=np.float32)
        return self._support.network.score(meaning.own, meaning.sources, numbers) >= self._support.card.stands

    def measure(self, text: str, cited: Sequence[Unit], reader: SourceReader) -> Meaning:
        """Return what is measured of a statement: its words beside its sources', and every cue.

        Args:
            text: what is said.
            cited: the units that it names, at least one.
            reader: reads them.
        """
        found = measure(text, [unit.text for unit in cited], reader)
        twisted = any(self._twisted(own, theirs) for own, theirs in found.pairs)
        evidence = plain(" ".join(unit.text for unit in cited))
        return replace(found, cues=found.cues | cues(plain(text), evidence, found.pairs, twisted=twisted))

    def words_stand(self, text: str, cited: Sequence[Unit], question: str) -> bool:
        """Tell whether a statement passes every check but that of its meaning."""
        evidence = " ".join(unit.text for unit in cited)
        grades = [self._grades[one.source] for unit in cited for one in unit.citations if one.source in self._grades]
        small = plain(text)
        return (
            facts_hold(text, evidence, question, grades)
            and not polarity.flatters(small)
            and not polarity.meddles(small, plain(evidence))
            and self._is_english(small)
            and not self._identifies(text, evidence)
        )

    @cached_property
    def _english(self) -> frozenset[str]:
        """The words of the cards; gathered for the first statement of a model, as the built-in writer has none."""
        cards = self._corpus.cards if self._corpus else ()
        texts = (text for card in cards for text in (*(unit.text for unit in card.units), *card.head.asks))
        return frozenset(word for text in texts for word in _LETTERS.findall(plain(text)))

    @cached_property
    def _verbs(self) -> frozenset[str]:
        """The words that the cards' suggestions open with; most are verbs."""
        units = self._corpus.units.values() if self._corpus else ()
        texts = (plain(unit.text) for unit in units if unit.section is Section.SUGGESTION)
        return frozenset(words[0] for text in texts if (words := _LETTERS.findall(text)))

    def _twisted(self, sentence: str, source: str) -> bool:
        imperative = polarity.is_imperative(sentence, self._verbs)
        return polarity.turned_round(sentence, source, imperative=imperative) or polarity.overstated(
            sentence, source, imperative=imperative
        )

    def _is_english(self, small: str) -> bool:
        words = _LETTERS.findall(small)
        known = sum(word in self._english for word in words)
        return not self._english or known >= _LEAST_ENGLISH * len(words)

    def _identifies(self, text: str, evidence: str) -> bool:
        """Tell whether the privacy screen finds in a statement what it does not find in its sources."""
        if self._privacy is None:
            return False
        said = self._privacy.redact(_QUOTED.sub(" ", text))
        held = self._held(evidence)
        if said is None or held is None:
            return said is None and held is not None
        taken = set(_LETTERS.findall(plain(text))) - set(_LETTERS.findall(plain(said.text)))
        new = {one.type for one in said.removed} - {one.type for one in held.removed}
        return bool(new) and not taken <= set(_LETTERS.findall(plain(evidence)))

    def _reflection(self, draft: Draft, allowed: Mapping[str, Unit], question: str) -> str:
        """Return a model's question to ask oneself where it brings in nothing, else the curated one."""
        if draft.spare is None or draft.reflect == draft.spare.reflect:
            return draft.reflect
        text = draft.reflect.strip()
        evidence = " ".join(unit.text for unit in allowed.values())
        fits = (
            text.endswith("?")
            and len(text.split()) <= _LONGEST_REFLECTION
            and facts_hold(text, evidence, question, ())
            and not polarity.meddles(plain(text), "")
            and self._is_english(plain(text))
            and not self._identifies(text, evidence)
        )
        return text if fits else draft.spare.reflect

    async def _second_opinion(
        self, draft: Draft, statements: Sequence[Statement], verdicts: list[Verdict], allowed: Mapping[str, Unit]
    ) -> str | None:
        """Let the judge take down what the code lets stand; return its name where it judged."""
        places = [
            place
            for place, verdict in enumerate(verdicts)
            if verdict is Verdict.GROUNDED and statements[place].text not in {unit.text for unit in allowed.values()}
        ]
        if self._judge is None or draft.prompt is None or not places:
            return None
        found = await self._judge.unsupported([statements[place] for place in places], allowed)
        for place in found or ():
            verdicts[places[place]] = Verdict.UNGROUNDED
        return None if found is None else self._judge.name


def _nothing(_evidence: str) -> None:
    """Find nothing: there is no screen."""


def _statements(draft: Draft) -> list[Statement]:
    single = (draft.reading, draft.wording, draft.watch)
    return [*draft.suggestions, *(one for one in single if one is not None)]


def _kept(draft: Draft, standing: set[Statement]) -> Draft:
    spare = draft.spare

    def keep(one: Statement | None, other: Statement | None) -> Statement | None:
        return one if one is not None and one in standing else other

    return replace(
        draft,
        suggestions=tuple(one for one in draft.suggestions if one in standing),
        reading=keep(draft.reading, spare.reading if spare else None),
        wording=keep(draft.wording, spare.wording if spare else None),
        watch=keep(draft.watch, spare.watch if spare else None),
    )


def _fill(draft: Draft, allowed: Mapping[str, Unit]) -> Draft:
    """Fill up the suggestions of a model's draft from the curated one, and keep the cautions of the cards it cites."""
    if draft.spare is None:
        return draft
    used = {cite for one in draft.suggestions for cite in one.cites}
    spare = [one for one in draft.spare.suggestions if not used & set(one.cites)]
    lacking = max(0, _FEWEST_SUGGESTIONS - len(draft.suggestions))
    draft = replace(draft, suggestions=(*draft.suggestions, *spare[:lacking]))
    shown = [*draft.suggestions, *([draft.reading] if draft.reading else [])]
    cards = dict.fromkeys(cite.partition("#")[0] for one in shown for cite in one.cites)
    watched = {cite.partition("#")[0] for cite in (draft.watch.cites if draft.watch else ())}
    cautions = [
        next(unit for unit in allowed.values() if unit.card_id == card and unit.section is Section.CAUTION)
        for card in cards
        if card not in watched
        and any(unit.card_id == card and unit.section is Section.CAUTION for unit in allowed.values())
    ]
    texts = [*([draft.watch.text] if draft.watch else []), *(unit.text for unit in cautions)]
    cites = (*(draft.watch.cites if draft.watch else ()), *(unit.id for unit in cautions))
    return replace(draft, watch=Statement(" ".join(texts), cites)) if cautions else draft


def _nearest_by_words(sentence: str, units: Sequence[str]) -> str:
    own = set(map(polarity.stem, polarity.content(plain(sentence))))
    theirs = [one for unit in units for one in sentences(unit)]
    return max(theirs, key=lambda one: len(own & set(map(polarity.stem, polarity.content(plain(one))))))
