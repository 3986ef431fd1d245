"""The scope screen: questions that are another person's to answer, and instructions to the tool.

As with danger, the tuned layers, a network over word pieces and a regression over words read beside each other. All are
brought to the scale of the regression's readings on everyday questions, and their mean counts, the tuned layers twice.
"""

import re

import numpy as np

from bot.safety.verdicts import Field, ScopeReading
from knowledge.embedding import TokenReader, Vectors
from knowledge.screens.model import Scale, ScreenModel
from knowledge.tuned import TunedModel

_COUNTS = (1.0, 1.0, 2.0)
"""Weights of the network, the regression and the tuned layers; of outside questions by a hand left out, the tuned layers
found by far the most (docs/screens.md)."""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + pattern + r")(?!\w)", re.IGNORECASE)


_RULES: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (
        Field.INSTRUCTION,
        _words(
            r"ignore (?:all |any |your |the |previous |prior )+(?:\w+ )?(?:instructions?|rules?|prompts?)|system prompt|developer mode|jailbreak"
            r"|you are now|pretend (?:to be|you)|act as (?:if|a|an|my)|waive (?:all|any|your|the) (?:privacy|rules?|filters?|safety)\w*(?: filters?)?|disable (?:the|your) (?:filter|safety|close|rules?)"
            r"|(?:reveal|print|repeat|show) (?:me )?(?:your|the) (?:prompt|instructions?|rules?)|end your (?:answer|reply) with"
            r"|(?:drop|skip|remove|leave out) the (?:close|supervision|disclaimer)\w*|@everyone|@here|from now on you"
        ),
    ),
    (
        Field.MEDICATION,
        _words(
            r"\d+ ?mg|mgs?|dos(?:e|es|age|ing)|ssris?|snris?|benzos?|sertraline|zoloft|prozac|lexapro|wellbutrin|xanax|adderall|lithium"
            r"|seroquel|lamictal|taper(?:ing)?|side effects?|(?:which|what) (?:med|medication|antidepressant)s?|prescrib\w+"
        ),
    ),
    (
        Field.BILLING,
        _words(
            r"cpt|907\d\d|908\d\d|billing codes?|bill (?:insurance|medicaid|medicare|for)|superbills?|reimburs\w+|claim (?:denied|form)"
            r"|copays?|credential(?:ing|ed) with|taxes|deductible|llc|1099|w-?2"
        ),
    ),
    (
        Field.LAW,
        _words(
            r"legal(?:ly)?|sue(?:d|s)?|lawsuit|lawyer|attorney|subpoena\w*|statutes?|malpractice|liable|liability|deposition|custody (?:eval|report|letter)\w*"
            r"|age of consent|(?:is|was) it illegal"
        ),
    ),
    (
        Field.DIAGNOSIS,
        _words(
            r"diagnos(?:e|is|es|ing|tic)(?: criteria)?|dsm(?:-?\w+)?|icd-?\d*|differential|meet(?:s)? criteria"
            r"|(?:is|does) (?:it|she|he|they|this) (?:have )?(?:bipolar|bpd|adhd|autism|ptsd|schizo\w+)\?"
        ),
    ),
    (
        Field.TESTING,
        _words(
            r"mmpi\w*|wais\w*|wisc\w*|phq-?9 scor\w+|score (?:the|a) (?:bdi|beck|phq)|iq test\w*|neuropsych\w*|rorschach"
        ),
    ),
    (
        Field.PROTOCOL,
        _words(
            r"exposure hierarch\w+|emdr (?:protocol|script|phases?)|cbt-?i|thought records?|protocol for (?:ptsd|panic|ocd|insomnia)"
            r"|treatment plans? for (?:ptsd|panic|ocd|insomnia|depression|adhd)"
        ),
    ),
    (
        Field.HOMEWORK,
        _words(
            r"(?:write|do|finish) my (?:paper|essay|homework|assignment|discussion post|thesis)|spss|moderation analysis|apa (?:format|7)|nce practice"
        ),
    ),
    (
        Field.SOFTWARE,
        _words(
            r"python|javascript|excel formula|wifi password|install\w*|printer|zoom (?:link|update)|simplepractice (?:settings|bug)|write (?:a|some) code"
        ),
    ),
    (
        Field.LETTER,
        _words(
            r"(?:write|draft) (?:a|the|me a) (?:letter|report|note) (?:for|to)|esa letter|emotional support animal|disability (?:form|letter)"
        ),
    ),
    (
        Field.OTHER,
        _words(
            r"recipe|weather|who won|capital of|joke about|poem|song|movie|actor|stocks?|roth ira|hurricane|creatine|horoscope|restaurant"
            r"|what year did|how tall|translate (?:this|to)"
        ),
    ),
)
_ABOUT_THE_BOND = _words(
    r"rupture\w*|repair\w*|alliance|apolog\w+|sorry|between us|trust\w*|mad|angry|upset|shut down|pulled (?:away|back)|withdr\w+|forg[ai]v\w+|snapp\w+|rolled"
    r"|supervis\w+|sup|how do i (?:say|bring|tell|respond|talk|open|take)|relationship|bond|hurt|quiet|sarcas\w+|jok\w+|felt|feel\w*|said|says|asked me|laugh\w*"
)
_ANYWAY = frozenset({Field.INSTRUCTION})


class ScopeScreen:
    """Knows a question outside the tool's purpose by what was learned of such questions and by plain rules."""

    def __init__(self, *, reader: TokenReader, model: ScreenModel, tuned: TunedModel) -> None:
        """Hold the shipped embedder and the shipped models, which must be of one vector space."""
        self._reader = reader
        self._model = model
        self._tuned = tuned

    def read(self, question: str) -> ScopeReading:
        """Read a redacted question; one about the bond stays ours whatever else it mentions."""
        (states,) = self._reader.read([question])
        vector = states.vector[None, :]
        outside = outside_score(
            float(np.mean([network.scores([states])[0] for network in self._model.scope_networks])),
            float(self._model.scope.scores([question], vector)[0, 0]),
            float(self._tuned.read(states).outputs["scope"][0]),
            self._model.card.scope_scale,
        )
        ruled = _rule(question)
        field = ruled or self._field(question, vector)
        certain = ruled is Field.INSTRUCTION or (ruled is not None and outside >= 0.0)
        return ScopeReading(field if certain else None, outside, field, named=ruled is not None)

    def _field(self, question: str, vector: Vectors) -> Field:
        scores = self._model.fields.scores([question], vector)[0]
        return Field(self._model.card.fields[int(scores.argmax())])


def outside_score(by_network: float, by_words: float, by_tuned: float, scale: Scale) -> float:
    """Return how much a question is like one outside the purpose, above 0 more than like ours.

    Args:
        by_network: the network's reading.
        by_words: the regression's.
        by_tuned: the tuned layers'.
        scale: mean and deviation of each on everyday questions, in this order.
    """
    _, (middle, spread), _ = scale
    readings = zip((by_network, by_words, by_tuned), scale, _COUNTS, strict=True)
    standard = sum(counts * (reading - mean) / own for reading, (mean, own), counts in readings) / sum(_COUNTS)
    return middle + standard * spread


def _rule(question: str) -> Field | None:
    for field, rule in _RULES:
        if rule.search(question) and (field in _ANYWAY or not _ABOUT_THE_BOND.search(question)):
            return field
    return None
