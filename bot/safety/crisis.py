"""The crisis screen: a learned reading and plain cues over the raw text of this turn and its thread.

Local and deterministic: the shipped embedder and the shipped model only, so no raw text leaves the process.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

import numpy as np

from bot.safety.danger import DangerReader, DangerScore
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level
from bot.safety.windows import LONGEST
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.model import ScreenModel
from knowledge.tuned import TunedModel

_APOSTROPHES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_DEATH_WISH = (
    r"kill(?:ing)? (?:him|her|them|my)sel(?:f|ves)",
    r"(?:end|ending|take|taking) (?:his|her|their|my) (?:own )?life",
    r"end(?:ing)? it all",
    r"suicid\w+",
    r"(?:want|wants|wanted|wanting) to die",
    r"(?:doesn'?t|don'?t|does not|do not) want to (?:be here|live|wake up)",
    r"better off (?:dead|without (?:me|him|her|them))",
    r"unaliv\w+|kms|kys|sewer ?slide",
    r"(?:goodbye|suicide) (?:letter|note|text|message|video)s?",
    r"(?:stockpil\w+|saving up|hoard\w+|counting) (?:his |her |their |the |all )?(?:pills|meds|medication)",
    r"giv(?:en|ing|es|e) (?:away|out) (?:all )?(?:his|her|their) (?:stuff|things|dog|cat|possessions)",
    r"won'?t be (?:a problem|around|here) (?:much longer|anymore|soon)",
)
_MEANS = (
    r"(?:has|have|got|bought|holding|with|loaded) (?:a |the |his |her |dad'?s )?(?:gun|rope|noose|razor|knife)",
    r"overdos\w+|o\.?d\.?'?d",
    r"(?:swallowed|took|taken) (?:a |the )?(?:whole |bottle|all|handful|bunch)(?: of)? ?(?:\w+ )?(?:pills|meds|tylenol|bottle)",
    r"cut(?:ting)? (?:too )?deep|bleeding (?:a lot|and)|hang (?:him|her|them|my)self",
)
_VIOLENCE = (
    r"(?:going to|gonna|will|wants? to|plan\w* to|threaten\w* to) (?:kill|shoot|stab|hurt|burn) (?!time)(?:him|her|them|me|his|the|my|someone|people|every)\w*",
    r"(?:brakes|tires?) (?:will|next)|next time it'?ll be (?:his|her|their)",
    r"hit ?list|shoot up|bring(?:ing)? (?:a |the |his )?gun",
    r"chok(?:ed|es|ing) (?:her|him|them|me)|strangl\w+",
)
_ABUSE = (
    r"(?:uncle|dad|father|mom|mother|step\w+|coach|brother|grand\w+|boyfriend) (?:touch\w+|hits?|beats?|molest\w+|rap(?:ed|es))",
    r"(?:being|was|is|been|getting) (?:molested|raped|trafficked|beaten|sexually abused)",
    r"(?:touched|touches|touching) (?:her|him|me|them) (?:down there|private|at night)",
    r"bruis\w+ (?:on|all over) (?:his|her|their)",
    r"locked (?:in|out of) (?:the |her |his )?(?:room|basement|closet|house)",
)
_ACUTE = (
    r"voices? (?:are |is )?(?:tell\w+|say\w+|command\w+) (?:her|him|them|me)",
    r"(?:can'?t|won'?t|not) (?:wake|respond|breath\w+)",
    r"unconscious|seizure|chest pain|passed out|withdrawal seizure|delirium",
)
_GUARD = _any(
    r"(?:years?|months?|decades?) ago",
    r"history of",
    r"last (?:year|spring|summer|fall|winter)",
    r"no (?:longer|plan|intent|thoughts)",
    r"denies|denied|safety plan(?:ned)? (?:done|in place|made)",
    r"already (?:reported|called|hospitali[sz]ed|safe)",
    r"supervisor (?:knows|has it|is on it|was told)",
    r"discharged|stable now|training|seminar|exam|class|article|theory|policy|role ?play|what (?:is|are) the|in general",
)
_FIGURES = re.compile(
    r"(?:dead(?:line| tired| inside from)|killing (?:it|me|time)|murdering me|dying (?:to|of (?:laughter|embarrass\w+))"
    r"|i could (?:just )?die|shoot (?:me|an? e?-?mail|her an? e?-?mail)|suicide for (?:his|her|their|my) (?:career|reputation|gpa)|killed (?:it|the mood|the vibe|my)|bomb(?:ed|ing) (?:it|the|a)"
    r"|back to backs?|suicide (?:prevention|assessment|training|awareness))"
)
_SELF = re.compile(
    r"(?<!\w)(?:i|i'm|im|ive|i've|i'll|myself)(?!\w)[^.?!;]{0,60}?(?:kill(?:ing)? myself|want(?:ed)? to die|end(?:ing)? (?:it all|my life)"
    r"|suicid\w+ (?:too|myself)|not (?:be here|wake up|safe)|(?:don'?t|dont) want to (?:be here|live|wake up)|kms|overdos\w+"
    r"|relaps\w+|hurt(?:ing)? myself|cut(?:ting)? myself|can'?t go on)"
    r"|(?:my (?:husband|wife|partner|boyfriend|girlfriend|ex)) (?:hit|hits|chok\w+|beat|beats|threaten\w+|strangl\w+) me"
    r"|(?:client|he|she|they) (?:is |are )?(?:follow\w+|stalk\w+|assault\w+|attack\w+|grop\w+) me(?!\w)"
)
_UNSURE = _any(
    r"(?:is|are|feels?|felt|feeling|sounds?|so|seems?) hopeless",
    r"what'?s the point (?:of (?:living|anything|trying|going on)|anymore)",
    r"(?:started|starting|back to|is|been|keeps) (?:self.?harm\w*|cutting|hurting (?:him|her|them)self)",
    r"(?:scared|afraid|terrified) (?:of (?:him|her husband|her boyfriend|going home|home)|to go home)",
)
_CUES: tuple[tuple[Danger, re.Pattern[str]], ...] = (
    (Danger.SUICIDE, _any(*_DEATH_WISH)),
    (
        Danger.PARTNER_VIOLENCE,
        _any(r"(?:husband|wife|partner|boyfriend|girlfriend|ex) (?:chok\w+|strangl\w+|hits?|beats?) (?:her|him|them)"),
    ),
    (Danger.VIOLENCE, _any(*_VIOLENCE)),
    (Danger.ABUSE, _any(*_ABUSE)),
    (Danger.ACUTE_STATE, _any(*_ACUTE)),
    (Danger.SUICIDE, _any(*_MEANS)),
)


_HANDED_OVER = _any(
    r"(?:my |the )?(?:supervisor|sup|on.?call|crisis team|mobile crisis|police|911|ambulance|ems|er|hospital|cps|aps) (?:has|have|is with|are with|knows|took|picked up|answered|is here|are here|came)(?: \w+){0,3}",
    r"(?:called|phoned|rang|reached|got|told|spoke (?:to|with)|talked to) (?:my |the )?(?:supervisor|sup|on.?call|crisis (?:team|line)|mobile crisis|police|911|988|ambulance|ems|cps|aps|site admin\w*)",
    r"(?:she|he|they|client|i)(?:'s|'m| is| am| are)? (?:now )?(?:at|in|with) (?:the )?(?:er|hospital|police|ambulance|crisis (?:team|center)|emergency (?:room|department))",
    r"a person has it|someone has it now|handed (?:it )?over",
)


_SAID_OF_ANOTHER = 0.5
"""By how much more a danger has to read as the asker's own where its words say another's outright."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_AROUND, _MOST_CUES = 80, 6
"""Characters on each side of a cue that are read with it in a long message, and how many cues are read so."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What a text shows of danger.

    Attributes:
        score: how much it is like one about present danger.
        cued: the danger that it says outright; None where it says none.
        unsure: whether its words ask for a check.
    """

    score: DangerScore
    cued: Danger | None
    unsure: bool


def level_at(signs: Signs, *, crisis: float, caution: float) -> Level:
    """Return the level that signs come to where scores from `crisis` and from `caution` up have them."""
    said_of_oneself = signs.cued is Danger.COUNSELOR
    cued = signs.cued is not None
    careful = signs.score.caution >= caution
    if signs.score.crisis >= crisis or said_of_oneself or (cued and careful):
        return Level.CRISIS
    return Level.CAUTION if careful or cued or signs.unsure else Level.CALM


class CrisisScreen:
    """Reads danger from what was learned of it and from plain cues; the higher reading counts."""

    def __init__(self, *, embedder: MiniLmEmbedder, model: ScreenModel, tuned: TunedModel) -> None:
        """Hold the shipped embedder and the shipped models, which must be of one vector space."""
        self._reader = embedder
        self._model = model
        self._tuned = tuned
        self._danger = DangerReader(reader=embedder, model=model, tuned=tuned).score

    def read(self, question: str, thread: Sequence[str] = ()) -> Alarm:
        """Return the highest level that this turn gives, alone and together with its thread.

        Args:
            question: the raw text of this turn.
            thread: the asker's earlier turns, oldest first. After a crisis among them only steps are given, until
                a later turn says that a person has it; from then on caution stays.
        """
        now = self._read_text(question)
        if not thread:
            return now
        if _HANDED_OVER.search(_plain(question)) and _read_cues(question) is None:
            now = Alarm(min(now.level, Level.CAUTION), now.danger, now.audience)
        together = self._read_text("\n".join([*thread, question]))
        if together.level is Level.CRISIS and now.level is not Level.CRISIS:
            together = Alarm(Level.CAUTION, together.danger, together.audience)
        # Of equal levels the first counts: a crisis of the thread knows best whose danger it is.
        return max(self._after(thread, question), now, together, key=lambda alarm: alarm.level)

    def _after(self, thread: Sequence[str], question: str) -> Alarm:
        alarm = CALM
        for turn in thread:
            handed_over = _HANDED_OVER.search(_plain(turn)) is not None
            read = self._read_text(turn)
            if alarm.level is Level.CRISIS and handed_over and (read.level < Level.CRISIS or _read_cues(turn) is None):
                alarm = Alarm(Level.CAUTION, alarm.danger, alarm.audience)
            elif read.level is Level.CRISIS:
                alarm = read
        if alarm.level is Level.CRISIS and _HANDED_OVER.search(_plain(question)):
            return Alarm(Level.CAUTION, alarm.danger, alarm.audience)
        return alarm

    def signs(self, text: str) -> Signs:
        """Return what a text shows of danger, before any threshold."""
        scores = [self._danger(part) for part in (text, *_around_cues(text))]
        score = DangerScore(max(one.crisis for one in scores), max(one.caution for one in scores))
        return Signs(score, _read_cues(text), bool(_UNSURE.search(_FIGURES.sub(" ", _plain(text)))))

    def _read_text(self, text: str) -> Alarm:
        card, signs = self._model.card, self.signs(text)
        level = level_at(signs, crisis=card.crisis, caution=card.caution)
        return Alarm(level, *self._kind(text, signs.cued)) if level is not Level.CALM else CALM

    def _kind(self, text: str, cued: Danger | None) -> tuple[Danger, Audience]:
        (states,) = self._reader.read([text])
        card, networks = self._model.card, self._model.audience_networks
        by_words = dict(
            zip(card.kinds, self._model.kinds.scores([text], states.vector[None, :])[0].tolist(), strict=True)
        )
        by_tuned = dict(
            zip(self._tuned.card.outputs["kind"], self._tuned.read(states).outputs["kind"].tolist(), strict=True)
        )
        of_networks = float(np.mean([network.scores([states])[0] for network in networks]))
        leads = (_lead(by_words), of_networks, _lead(by_tuned), 1.0)
        if cued is Danger.COUNSELOR or sum(map(mul, card.audience, leads)) > (_SAID_OF_ANOTHER if cued else 0.0):
            return Danger.COUNSELOR, Audience.SELF
        by_tuned.pop(Danger.COUNSELOR)
        return cued or Danger(max(by_tuned, key=by_tuned.__getitem__)), Audience.OTHER


def _lead(scores: Mapping[str, float]) -> float:
    """Return how far the asker's own danger is ahead of the likeliest other."""
    return scores[Danger.COUNSELOR] - max(score for kind, score in scores.items() if kind != Danger.COUNSELOR)


def _plain(text: str) -> str:
    return text.casefold().translate(_APOSTROPHES)


def _around_cues(text: str) -> list[str]:
    """Return the sentences around the first cues of a message that is too long to be read whole.

    Its windows are read too, but not all of them where there are many, and one clause weighs little in each.
    """
    if len(text) <= LONGEST:
        return []
    words = _plain(text)
    found = sorted({match.start() for _, cue in _CUES for match in cue.finditer(words)})[:_MOST_CUES]
    return [_clause(words[max(0, place - _AROUND) : place], words[place : place + _AROUND]) for place in found]


def _clause(before: str, after: str) -> str:
    """Return the sentence that stands across a place, as far as both sides of the place tell."""
    return _SENTENCE_END.split(before)[-1] + _SENTENCE_END.split(after)[0]


def _read_cues(text: str) -> Danger | None:
    words = _FIGURES.sub(" ", _plain(text))
    if _GUARD.search(words):
        return None
    if _SELF.search(words):
        return Danger.COUNSELOR
    return next((danger for danger, cue in _CUES if cue.search(words)), None)
