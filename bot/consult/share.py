"""Whom a reflection makes the explanation of a strain: the client, oneself, both, or nobody, by plain rules.

They would rather be silent than wrong: whatever tells of both people, or of what is between them, is `both`.
"""

import re
from enum import StrEnum

from bot.consult.signs import plain


class Told(StrEnum):
    """Who is the whole explanation, as somebody tells it."""

    CLIENT = "client"
    SELF = "self"
    BOTH = "both"
    NONE = "none"


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_CLIENTS = r"(?:clients?|clt|ct|patients?|pt|teen(?:ager)?s?|kids?|child|boys?|girls?|students?|m[ae]n|wom[ae]n|guys?|couples?|partners?|members?)"
_KIN = r"(?:mothers?|moms?|mums?|fathers?|dads?|parents?|wife|husband|family)"
_COLLEAGUES = r"(?:supervisor|sup|boss|colleagues?|team|agency|co-?(?:leader|therapist)|site)"

_NO_SHARE = _any(
    # a share denied
    r"i (?:really |honestly )?(?:did|do|have done|had done|'?ve done) (?:absolutely |literally )?(?:nothing(?: wrong)?|everything(?: right| i could| by the book)?|my (?:best|job|part right))",
    r"i (?:don'?t|didn'?t) (?:think|see|believe) (?:that )?i (?:did|have done|'?ve done|was|am)(?: (?:anything|something))?(?: wrong| unfair)?",
    r"i (?:didn'?t|haven'?t|never) (?:do|did|done) (?:anything|a thing|something)(?: wrong)?",
    r"(?:it'?s |it is |it was |that'?s |that is )?(?:not|no) (?:my (?:fault|doing|problem)|about me|on me|fault of mine)|(?:isn'?t|wasn'?t) (?:my (?:fault|doing)|about me)|nothing to do with (?:me|my \w+)",
    r"i (?:was|am|have been|'?ve been|stayed|remained) (?:always |very |nothing but |perfectly |just |only |completely )?(?:professional|kind|patient|nice|fair|calm|friendly|polite|supportive|warm|respectful|neutral)(?:,? and (?:patient|kind|calm|fair|warm|supportive|clear|respectful))?",
    r"i(?:'?ve| have)? (?:really )?tried (?:everything|so hard|it all|all of it|(?:so )?many (?:times|things|ways)|again and again)|i (?:keep|kept) (?:on )?(?:offering|trying)|i (?:can'?t|cannot|couldn'?t) (?:help|make|force|want|do (?:it|the work))",
    r"i (?:only |just )?(?:followed|kept to|stuck to) (?:the|our|my) (?:plan|protocol|rules?|policy|contract|agreement)",
    # a view, not a deed
    r"(?:what )?i (?:really |honestly |personally |strongly |still |do )*(?:think|guess|believe|suppose|suspect|bet|assume|imagine|reckon|mean|see it|hear)(?: that)?|i(?:'d| would) (?:say|call it|guess|bet)|i(?:'m| am) (?:pretty |quite |fairly |almost )?(?:sure|certain|convinced)(?: that)?|if (?:you ask me|i'?m honest|i am honest|i'?m being honest)|(?:in|to) my (?:opinion|view|mind|eyes|experience)|my (?:guess|opinion|hunch|impression|theory|take)|i(?:'ve| have) seen (?:it|this|that)|as i see it",
    r"(?:anything|whatever|no matter what|every time|things|each thing) (?:that )?i (?:\w+)(?: to)?(?: (?:him|her|them))?",
    # a feeling, not a deed
    r"i(?:'m| am| was| feel| felt) (?:just |so |really |very |getting )?(?:sick of|tired of|done with|fed up with|angry at|mad at|manipulated|used|played|attacked|frustrated|annoyed)(?!,? (?:and|so|then) (?!he|she|they))",
    rf"my {_COLLEAGUES}|my (?:own )?{_CLIENTS}",
)
"""What is said in the first person without telling a share of one's own."""

_OWN = _any(
    r"i|i'?m|i'?ve|i'?d|i'?ll|im|ive|my|mine|myself|by me|(?:all|it'?s|that'?s|is|was|entirely|mostly|it is) on me|(?:it'?s|it is|was|maybe) me"
)
_ONLY_ME = re.compile(r"^\s*me\s*[.!]")
_BETWEEN = _any(
    r"we|we'?re|we'?ve|us|our|ours|mutual\w*|each other|one another|between (?:us|him|her|them|the two)|both (?:sides|people)|neither|"
    r"on both|(?:the )?two of us|dynamic|misunderstanding|mismatch|not a (?:good )?(?:match|fit)|bad (?:match|fit)"
)
_WONDERED = _any(
    r"what (?:did i|i did|have i|i have done|i said|was my|is my)|what (?:it is about|about) me|did i|was i|am i|have i|do i|is it me|my (?:part|share|half|side|contribution|role)|part of (?:it|why|this|the reason|what)|"
    r"(?:s?he|they|client)(?:'?s| is|'?re| are| was| were| may be| might be)? (?:partly |probably |maybe |quite )?right|(?:has|had|have) a point"
)
"""Words that look for a share of one's own, or grant the client theirs."""

_AGENT = re.compile(r"(?<!\w)(?:s?he|they|s?he'?s|they'?re|they'?ve|s?he'?ll|s?he'?d|shes|hes)(?!\w)")
_SUBORDINATE = re.compile(
    r"(?<!\w)(?:how|that|what|everything|anything|whether|who|whom|which|than|before|where|whatever|all)(?: \w+){0,2} ?$"
)
"""What makes the client's verb a part of the counselor's own ("how ready she was")."""

_LIKENESS = re.compile(
    r" (?:looks?|sounds?|smells?|is|was|talks?|reminds?)(?: \w+)? (?:like|me of|of) (?:my|me|someone|somebody|an?)\b"
)
_MOVING = re.compile(
    r"(?<!\w)(?:her|him|them) (?:\w+ )?(?:pull|push|shut|go|gett|lean|test|hid|back|clos|driv|withdraw)\w*ing(?!\w)"
)
_NAMED = re.compile(
    r"(?:^|[.,;:!?()\-\n]|(?<!\w)(?:and|but|so|because|when|then|now|since|while|as|until|or|that|think|guess|honestly)(?!\w))\W*"
    rf"(?:(?:the|this|that|these|those|an?|our|both|another|typical|maybe|just|probably|her|his|their)\W+)*(?:(?!i\b|my\b)[\w-]+ )?(?:(?<!my ){_KIN}|(?:my )?{_CLIENTS})(?!\w|'s (?:side|trust|name|story|birthday))"
)
_THEIRS = re.compile(
    r"(?:^|[.,;:!?(\n]|(?<!\w)(?:and|but|so|because|when|then|it'?s|its|it is|it was|that'?s|just|all)(?!\w))\W*(?:just |all |only |about |simply )?(?:his|her|their) (?:\w+)"
)
_TRAIT = _any(
    r"resistan(?:ce|t)|resisting|avoidance|avoidant|defensive(?:ness)?|denial|projection|projecting|transference|splitting|acting out|attention[- ]seeking|manipulat\w+|borderline|bpd|npd|narciss\w+|histrionic|"
    r"personality disorder|attachment (?:style|issues?|stuff)|trust issues|abandonment|ptsd|trauma response|addiction|the (?:drinking|drugs|depression|anxiety|diagnosis|illness|disorder|meds)|"
    r"teen(?:ager)?s?|hormones|entitle(?:d|ment)|immatur\w+|unmotivated|no (?:motivation|insight)|lazy|stubborn\w*|noncomplian\w+|non-complian\w+|machismo|victim mentality"
)
_SILENT = _any(
    r"idk|no idea|not sure|unsure|(?:don'?t|do not|dont) know|nothing comes|can'?t (?:say|put|tell)|need (?:more )?time|(?:have|need|want) to think|hard to say|too (?:early to|many things)|pass|skip|"
    r"ask me (?:later|tomorrow)|long story|complicated"
)

_FEW = 12
"""Words of a text that says no more than that nothing can be said."""

_BLAME = _any(
    r"my (?:fault|mistake|bad|doing)|i (?:was|got) (?:defensive|unfair|sharp|late|harsh)|i (?:should|shouldn'?t|could) have|i (?:failed|caused|ruined)"
)


def whose_share(between: str, felt: str = "") -> Told:
    """Tell who is the whole explanation.

    Args:
        between: what somebody thinks happened between them and a client.
        felt: what they felt; a feeling alone is no share, but words on a share count here too.
    """
    text, beside = _heard(between), _heard(felt)
    if _BETWEEN.search(text) or _BETWEEN.search(beside) or _WONDERED.search(text) or _WONDERED.search(beside):
        return Told.BOTH
    own = _OWN.search(text) is not None or _ONLY_ME.search(text) is not None
    theirs = _client_acts(text)
    if own and theirs:
        return Told.BOTH
    if own:
        return Told.NONE if _SILENT.search(text) and len(text.split()) <= _FEW else Told.SELF
    if "myself" in beside or _blames_oneself(beside):
        return Told.BOTH
    return Told.CLIENT if theirs or _TRAIT.search(text) else Told.NONE


def names_trait(between: str) -> bool:
    """Tell whether a trait or a diagnosis is named."""
    return _TRAIT.search(plain(between)) is not None


def _blames_oneself(text: str) -> bool:
    return _BLAME.search(text) is not None


def _heard(text: str) -> str:
    """Return a text in lower case, without what is said in the first person and tells no share."""
    return _NO_SHARE.sub(_put_back, plain(text))


def _put_back(match: re.Match[str]) -> str:
    """Keep the client where "my client" stood."""
    return "client" if re.fullmatch(rf"my (?:own )?{_CLIENTS}", match[0]) else " "


def _client_acts(text: str) -> bool:
    """Tell whether the client does or is something that explains it, rather than only meeting what one did."""
    for match in _AGENT.finditer(text):
        if not _SUBORDINATE.search(text[: match.start()].rstrip()) and not _LIKENESS.match(text[match.end() :]):
            return True
    return any(cue.search(text) for cue in (_NAMED, _THEIRS, _MOVING))
