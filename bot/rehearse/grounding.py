"""Whether a sentence of feedback that a model worded stands: on what was observed, on its passage, and on the line."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np

from bot.consult.facts import plain
from bot.consult.grounding import Grounder
from bot.consult.meaning import SourceReader
from bot.consult.polarity import is_imperative
from bot.rehearse.feedback import Point
from bot.rehearse.seen import Feature
from knowledge.embedding import TokenReader
from knowledge.entry import Section, Unit
from knowledge.support import SupportModel

_FEWEST_WORDS, _MOST_WORDS = 4, 35
_MARKUP = re.compile(r"[<>\[\]{}@#*_`|\\~\n]")
_QUOTED = re.compile(
    r"\"[^\"]*\"|\N{LEFT DOUBLE QUOTATION MARK}[^\N{RIGHT DOUBLE QUOTATION MARK}]*\N{RIGHT DOUBLE QUOTATION MARK}"
)
_ENDS = re.compile(r"[.!?;](?:\s|$)")
_CLAUSE = re.compile(r"[,.:;!?]| - | but | then ")
_YOU = re.compile(r"\b(?:you|your|yours|yourself|the line|it)\b")

_NAMED: Mapping[Feature, re.Pattern[str]] = MappingProxyType(
    {
        Feature.NAMED_SHIFT: re.compile(
            r"\bnam(?:ed|ing)\b|\b(?:you|line|it) names?\b|\bnotic\w+|\bshift\w*|\bwhat (?:changed|happened)\b"
        ),
        Feature.OWNED_PART: re.compile(
            r"\bown(?:s|ed|ing|ership)\b|\bown (?:it|that|the|up|your)\b|\bresponsib\w+|\baccountab\w+|\badmit\w*"
            r"|\backnowledg\w+|\byour (?:part|share|side|mistake|slip)\b"
        ),
        Feature.ASKED: re.compile(
            r"\bask(?:s|ed|ing)?\b(?! to be forgiven)|\bquestion\w*|\binvit\w+|\bma[dk]\w* (?:room|space)\b"
            r"|\bcurio\w+|\bopen(?:s|ed|ing)? (?:the|a|up|space|room)\b|\b(?:room|space) for\b|\blisten\w*"
        ),
        Feature.EXPLAINED_FIRST: re.compile(
            r"\bexplain\w*|\bexplanation\w*|\breason(?:s|ing)?\b|\bexcus\w+|\bjustif\w+|\bintent\w*|\bbackground\b"
        ),
        Feature.DEFENDED: re.compile(
            r"\bdefen[cds]\w*|\bcorrect(?:s|ed|ing|ion)\b|\bblam\w+|\bargu\w+|\bdeflect\w+|\bminimi[sz]\w+|\bdismiss\w*"
            r"|\bjustif\w+|\bdeny\w*|\bdeni\w+|\bput\w* (?:it|this|that) (?:back )?on\b"
        ),
        Feature.OVER_APOLOGISED: re.compile(
            r"\bover-?apolog\w+|\bapologies\b|\bsorr(?:y|ie)s\b|\bapolog\w+ (?:again|at length|over|too|so|repeat\w*)"
            r"|\b(?:many|much|long|repeated) (?:\w+ )?apolog\w+|\blook\w* after you\b|\bcomfort\w* you\b|\breassur\w+"
        ),
    }
)
"""Words that name each feature."""

_PRAISE = re.compile(
    r"\b(?:good|great|well|nice\w*|strong\w*|clear\w*|warm\w*|honest\w*|brave\w*|excellent\w*|perfect\w*|lovely|beautiful\w*"
    r"|help(?:s|ed|ful|fully)?|effective\w*|genuine\w*|gentl[ey]|kind(?:ly|ness)?|respectful\w*|thoughtful\w*|sincere\w*|careful\w*"
    r"|wonderful\w*|impress\w+|solid\w*|skil\w+|courag\w+|humble|humbly|humility|open(?:s|ed|ly|ness)?|right|best|better|plainly"
    r"|bravo|thanks?|welcom\w+|appreciate[sd]?|fair(?:ly)?|fine|repair(?:s|ed)|trust\w*|safe\w*|invit\w+|eas(?:e|es|ed)|heal\w*"
    r"|calm\w*|real(?:ly)?|balanced|ground(?:s|ed|ing)|car(?:e|es|ed|ing)|heartfelt|remorse\w*|closer|gifted)\b"
)
"""Words that call something good."""

_FOREKNOWN = re.compile(
    r"\bwill\b|\bgoing to\b|\bis sure to\b|\balways\b|\bnever\b"
    r"|\b(?:they|she|he|the (?:client|teen|couple|partner)|your client)"
    r" (?:(?:is|are|was|were|now|then|surely|probably) )*"
    r"(?P<inside>feel\w*|felt|think\w*|thought|want\w*|know\w*|knew|need\w*|trust\w*|believ\w+|respond\w*|resist\w*"
    r"|manipulat\w+|overreact\w*|hurt|angry|ready|sensitive|test\w+)\b"
)
"""What nobody can tell from a line: what comes of it, and what is in the client."""


class FeedbackGrounder:
    """Reads a model's sentences against the points that they are to word; keeps nothing of a line."""

    def __init__(self, grounder: Grounder, reader: TokenReader, support: SupportModel) -> None:
        """Hold what is read with: the checks of answers, the embedder, and the network over both."""
        self._grounder = grounder
        self._reader = reader
        self._support = support

    def stands(self, text: str, point: Point, observed: Collection[Feature], line: str) -> bool:
        """Tell whether a sentence may take the place of a point's own words.

        Args:
            text: the sentence.
            point: what it is to word, with its passage.
            observed: every feature that was observed in the line.
            line: what the counselor said, without identifiers.
        """
        return (
            _is_one_sentence(text)
            and _names_only(text, point, observed)
            and (point.is_praise or not _in_excess(_PRAISE, text, point))
            and not _in_excess(_FOREKNOWN, text, point, line)
            and not is_imperative(plain(text), ())
            and self._words_stand(text, point, line)
            and self.score(text, point, line) >= self._support.card.stands
        )

    def score(self, text: str, point: Point, line: str) -> float:
        """Return how well the network finds a sentence's meaning supported by its passage, the point and the line."""
        sources = [point.unit, _said(point.says, point.unit), _said(line, point.unit)]
        # A reader of its own, since readers remember their sources, and a line is not to be remembered.
        meaning = self._grounder.measure(text, sources, SourceReader(self._reader))
        numbers = np.array([meaning.cues[name] for name in self._support.card.cues], dtype=np.float32)
        return float(self._support.network.score(meaning.own, meaning.sources, numbers))

    def _words_stand(self, text: str, point: Point, line: str) -> bool:
        """Check facts, names, quotations and identifiers; what is quoted of the line stands there word for word."""
        said = plain(line)
        own = _QUOTED.sub(lambda match: "that" if plain(match[0][1:-1]).strip(" .,!?") in said else match[0], text)
        return self._grounder.words_stand(own, [point.unit, _said(point.says, point.unit)], line)


def _said(text: str, unit: Unit) -> Unit:
    return Unit(f"{unit.id}+", Section.SUGGESTION, text, unit.citations)


def _is_one_sentence(text: str) -> bool:
    bare = _QUOTED.sub("that", text).strip()
    ends = len(_ENDS.findall(bare)) == 1 and bare[-1:] in {".", "?"}
    return ends and _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS and not _MARKUP.search(text)


def _names_only(text: str, point: Point, observed: Collection[Feature]) -> bool:
    """Tell whether a sentence names no feature that was not observed.

    A word for one may stand in it as advice, where the passage has it too; not where it is said of the counselor.
    """
    held = plain(point.unit.text)
    clauses = _CLAUSE.split(plain(_QUOTED.sub("that", text)))
    return not any(
        found[0] not in held or _YOU.search(clause)
        for feature in Feature
        if feature not in observed
        for clause in clauses
        for found in _NAMED[feature].finditer(clause)
    )


def _in_excess(words: re.Pattern[str], text: str, point: Point, line: str = "") -> bool:
    """Tell whether a sentence holds words of a sort that neither its passage, nor the point, nor the line does."""
    held = plain(f"{point.unit.text} {point.says} {line}")
    found = words.finditer(plain(_QUOTED.sub("that", text)))
    return any((match[match.lastgroup] if match.lastgroup else match[0]) not in held for match in found)
