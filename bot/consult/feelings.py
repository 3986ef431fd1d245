"""Which feeling of their own somebody plainly names, and the word that names it; silent where none is plain."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.consult.signs import plain


class Feeling(StrEnum):
    """Kinds of feeling, those that a supervisor has to hear of first."""

    ATTRACTION = "attraction"
    RAGE = "rage"
    FEAR = "fear"
    PULL = "pull"
    SHAME = "shame"
    DEFENSIVE = "defensive"
    ANGER = "anger"
    LEFT = "left"
    NUMB = "numb"
    UNEASE = "unease"


@dataclass(frozen=True, slots=True)
class Felt:
    """A feeling that was named.

    Attributes:
        feeling: its kind.
        word: as it stands in the text.
    """

    feeling: Feeling
    word: str


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_CUES = {
    Feeling.ATTRACTION: _any(r"attract(?:ed|ion)", r"a crush|crush-?y", r"turned on|aroused|in love"),
    Feeling.RAGE: _any(r"rage|raging|furious|fury|livid|hat(?:e|ed|red)|enraged"),
    Feeling.FEAR: _any(r"afraid|scared|unsafe|frightened|terrified|threatened|fear(?:ful)?"),
    Feeling.PULL: _any(
        r"dread(?:ed|ing)?|relie(?:f|ved)|bored|boredom|rescu(?:e|ing)|protective|sleepy|drowsy|impatien(?:t|ce)"
        r"|lectur(?:e|ing)|working harder|want(?:ed)? to (?:fix|save|help too much)"
    ),
    Feeling.SHAME: _any(
        r"asham(?:ed)|shame|guilt(?:y)?|embarrass(?:ed|ment)|mortified|humiliated|stupid|foolish|incompeten(?:t|ce)"
        r"|(?:a |like a )?fraud(?:ulent)?|a failure|failed|not good enough|regret(?:ful)?|horrified"
    ),
    Feeling.DEFENSIVE: _any(r"defensive|accused|criticized|criticised|attacked|unfairly treated|wronged"),
    Feeling.ANGER: _any(
        r"ang(?:ry|er)|mad|annoy(?:ed|ance)|irritat(?:ed|ion)|frustrat(?:ed|ion)|resent(?:ful|ment)|fed up|pissed(?: off)?"
        r"|cross|exasperated|contempt|disgust(?:ed)?|jealous|env(?:y|ious)|flattered|proud"
    ),
    Feeling.LEFT: _any(
        r"hurt|reject(?:ed|ion)|abandoned|left|lonely|sad|sadness|disappointed|unimportant|used|betrayed|unwanted|grief"
    ),
    Feeling.NUMB: _any(r"numb|exhausted|drained|burn(?:ed|t) out|worn out|empty|spent"),
    Feeling.UNEASE: _any(
        r"anxious|anxiety|nervous|tense|worried|uneasy|stuck|helpless|hopeless about (?:it|this)|lost|confused|torn"
        r"|overwhelmed|panicky|uncomfortable|insecure|unsure of myself|powerless|useless|tired|heavy"
    ),
}
_BEFORE = 28
_NOT = re.compile(
    r"(?:(?<!\w)(?:not|never|no longer|without|hardly|less|no|dont|didnt|wasnt|isnt)|n't)(?: (?:a|any|so|too|really|very|even|feel|feeling|felt|exactly|that))*\W*$"
)
_ANOTHER = re.compile(
    r"(?<!\w)(?:s?he|they|clients?|clt|ct|mom|dad|wife|husband|kid|s?he'?s|they'?re)(?: \w+)? (?:was |were |is |are |felt |feels |feel |seem\w* |looked? |looks |got |gets |'?s )?(?:so |very |really |a bit )?$|(?<!\w)(?:s?he'?s|they'?re) $"
)


def feeling_in(felt: str) -> Felt | None:
    """Return the feeling that is named, the one that weighs most where there are several; None where none is plain.

    Args:
        felt: what somebody says that they felt.
    """
    text = plain(felt)
    for feeling, cues in _CUES.items():
        for match in cues.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            if not _NOT.search(before) and not _ANOTHER.search(before):
                return Felt(feeling, felt[match.start() : match.end()])
    return None
