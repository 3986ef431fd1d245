"""The crisis screen: plain cue rules over the raw text of this turn and its thread. Local and deterministic."""

import re
from collections.abc import Sequence

from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level

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
_PRESENT_TENSE_GUARD = _any(
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
    r"hopeless\w*",
    r"what'?s the point",
    r"self.?harm\w*|cutting|cuts? (?:him|her|them)sel\w+",
    r"scared of (?:him|her|them|home|going home)",
    r"(?:punch\w+|threw|throws?) (?:a |the )?(?:wall|chair|things?)",
    r"gone quiet after|stopped answering|disappear\w*",
    r"drinking (?:again|more)|relaps\w+",
)
_CUES: tuple[tuple[Danger, re.Pattern[str]], ...] = (
    (Danger.SUICIDE, _any(*_DEATH_WISH, *_MEANS)),
    (
        Danger.PARTNER_VIOLENCE,
        _any(r"(?:husband|wife|partner|boyfriend|girlfriend|ex) (?:chok\w+|strangl\w+|hits?|beats?) (?:her|him|them)"),
    ),
    (Danger.VIOLENCE, _any(*_VIOLENCE)),
    (Danger.ABUSE, _any(*_ABUSE)),
    (Danger.ACUTE_STATE, _any(*_ACUTE)),
)


class RuleCrisisScreen:
    """Reads danger from cues in the words, sentence by sentence and together."""

    def read(self, question: str, thread: Sequence[str] = ()) -> Alarm:
        """Return the highest level that this turn, or this turn with its thread, gives."""
        alarms = [_read_text(question)]
        if thread:
            alarms.append(_read_text("\n".join([*thread, question])))
        return max(alarms, key=lambda alarm: alarm.level)


def _read_text(text: str) -> Alarm:
    words = _FIGURES.sub(" ", text.casefold().translate(_APOSTROPHES))
    if _SELF.search(words) and not _PRESENT_TENSE_GUARD.search(words):
        return Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)
    for danger, cue in _CUES:
        if cue.search(words):
            level = Level.CAUTION if _PRESENT_TENSE_GUARD.search(words) else Level.CRISIS
            return Alarm(level, danger)
    return Alarm(Level.CAUTION) if _UNSURE.search(words) else CALM
