"""The plain signs in a line of a repair, as 0 or 1 for each; the learned part weighs them with the line's words."""

import re

import numpy as np
import numpy.typing as npt

from bot.consult.signs import plain
from bot.rehearse.signs import acts, asks, defends, explains, first_move, many_apologies, owns, said

_LONG, _SHORT = 40, 9
"""Words of a line that is long, and of one that is short."""

SHARP = (owns, explains, defends, acts, asks, many_apologies)
"""The sharp signs; their flags stand last."""


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_NOTICED = r"(?:notic(?:e|ed|ing)|saw|felt|feel(?:s|ing)?|sens(?:e|ed|ing)|caught|realiz(?:e|ed)|realis(?:e|ed)|think|wonder(?:ing|ed)?|heard|see|picking up)"
_YOU = r"(?:you(?:'?ve|'?re| both| two| guys| have| were| all)?|your|u|ur|things?|something|it|we|the (?:room|air|mood|energy))"

_CUES: tuple[re.Pattern[str], ...] = (
    # the shift is named
    _any(
        rf"i(?:'?m| am| was)? (?:just |also |kind of |really |can |could )?{_NOTICED} (?:that |like |as if |maybe )?{_YOU}\b[^.?!]{{0,40}} (?:quiet(?:er)?|silent|pull(?:ed|ing)? (?:back|away)|shut(?:ting)? down|look(?:ed|ing)? (?:away|down)|went|gone|got|chang\w+|shift\w*|stopp\w+|dropp?\w*|stiff\w*|close\w*|off|distan\w+|differen\w+|tens\w+|flat\w*|cold\w*|back)",
        r"something (?:just |has |may have |might have |seemed to |happened|changed|shifted|went|felt|got|came)+",
        r"(?:between (?:us|you and me|the (?:two|three) of us)|with us|in (?:this|the) room|in here with)",
    ),
    _any(
        r"(?:after|when|since|as soon as|the moment|right (?:when|after)|once) i (?:said|asked|made|told|brought|mentioned|cut|pushed|was|kept|looked|joked|laughed|gave|changed|interrupted|suggested|called|started|moved|did|went|got|handed|talked|used|answered|forgot|came|checked|missed|shared|read|wrote|sent|didn'?t|said that)",
        r"(?:my|that|the|this) (?:joke|comment|question|remark|message|text|email|homework|worksheet|suggestion|phone|lateness|note)[^.?!]{0,30} (?:land(?:ed)?|hit|hurt|came (?:across|out)|sounded|felt|stung|bother\w+)",
        r"(?:last (?:week|time|session)|earlier|a (?:minute|moment) ago|just now|today)[^.?!]{0,40} (?:felt|was|seemed|went|got|ended|didn'?t)",
    ),
    _any(
        r"(?:went|gone|got|getting|been|going) (?:really |very |so |a (?:bit|little) |kind of |kinda |all )?(?:quiet(?:er)?|silent|cold|flat|tense|stiff|distant|short|careful|polite|weird|awkward|off|still)",
        r"pull(?:ed|ing)? (?:back|away)|shut(?:ting)? down|clos(?:ed|ing) (?:up|off)|look(?:ed|ing)? (?:away|down)|back(?:ed|ing) off|step(?:ped|ping)? back|drift(?:ed|ing) apart",
        r"(?:shift(?:ed)?|tension|rupture|strain(?:ed)?|distance|wall|bump|disconnect(?:ed)?|gap|misfire|misstep|friction)",
    ),
    # a part is owned
    _any(
        r"i (?:just |also |really |clearly |honestly |kind of |kinda |totally |completely |think i |know i |realize i |see i |should(?:n'?t)? have |shouldn'?t've |shouldve )*(?:interrupt\w*|cut (?:you|u|him|her|them) off|cut you|rushed|push(?:ed)?|missed|talked over|jump(?:ed)?|assum(?:ed|e)|forgot|laughed|joked|ignored|dismissed|brushed|moved (?:too|on|past|right|us)|went (?:too|past|right|straight|ahead|into|on)|got (?:it wrong|that wrong|your|ahead|caught|defensive|distracted|lost)|messed|screwed|blew|dropped|lectur\w*|skipped|sided|took (?:her|his|one|a|your mom'?s|sides)|was (?:late|wrong|distracted|looking|too|rushing|not listening|typing|half|pushing|short|harsh|careless|trying to fix)|wasn'?t (?:listening|there|paying|fair|really|fully|clear)|didn'?t (?:listen|ask|hear|check|stop|get|really|see|tell|notice|pay|give|take|say|explain|make|leave|let|catch|call|answer|follow|stay)|let you (?:down|sit|wait)|left you|kept (?:you|pushing|going|talking|asking|looking|interrupting|on)|made (?:a|it|that|you|an|the|light|some|this)|used (?:the|your|a)|said (?:it|something|your|the wrong)|spoke|told your|treated|turned|called you|mixed|put (?:you|it|words|that|the)|said that (?:badly|wrong)|hurt you|overstepped|pried|misread|misheard|misunderstood|mispronounced|came (?:late|in|across|on)|handled|fixed|filled|checked)",
        r"(?:that'?s|that was|that is|this is|it'?s|it was|thats) (?:on me|my (?:fault|mistake|bad|error|doing|part|miss|slip|responsibility)|mine|not (?:on )?you(?:rs|r fault)?)",
        r"my (?:part|mistake|fault|bad|error|share|slip)|i own (?:that|it|my)|i take responsibility|that'?s mine",
    ),
    _any(
        r"i(?:'?m| am)? (?:so |really |truly |very )?(?:sorry|apologi[sz]e)(?! (?:if|you feel|you felt|that you|you took|you'?re|ur|u ))",
        r"my apolog(?:y|ies)",
    ),
    _any(
        r"(?:sorry|apologi[sz]e) (?:if|but|that you|you (?:feel|felt|took|see|think|got|were)|u (?:feel|felt)|for (?:how|the way) you)",
        r"if (?:that|it|i|what i said|anything)[^.?!]{0,25} (?:hurt|offend\w*|upset|bother\w*|came)",
    ),
    # the client is asked
    _any(
        r"what (?:was|is|'?s|were|did|do|would|has|happened|happens|came|went|am i|else|part|could|might|should|about)\b[^.!]*\?",
        r"how (?:was|is|did|does|do|has|are|would|'?s|were|come)\b[^.!]*\?",
    ),
    _any(
        r"(?:i'?d|i would|id) (?:really |actually |still |very much |rather )?(?:like|love|want|rather)[^.?!]{0,12} (?:hear|know|understand|get|listen)",
        r"(?:can|could|would|will|are) (?:you|we|u)\b[^.!?]{0,70}(?:tell|say|help|share|talk|show|walk|go back|be (?:open|willing)|let me|open)\b[^.!]*\?",
        r"(?:please )?tell me (?:what|how|more|about|if|where|which|when)|help me (?:understand|see|get)|i want to (?:hear|know|understand)|i'?m (?:listening|curious|wondering)|let me know",
        r"(?:did|was|does|is|do|were|am|have) (?:i|it|that|this|you|any|something|there)\b[^.!]*\?|i wonder (?:what|how|if|whether)",
    ),
    _any(
        r"(?:don'?t you|isn'?t it|wasn'?t it|didn'?t we|aren'?t you|can'?t you|won'?t you|didn'?t you|shouldn'?t you)\b[^.!]*\?",
        r"(?:are we|r we|we'?re) (?:ok(?:ay)?|good|cool|fine|all right|alright)\b[^.!]*\?|(?:ok(?:ay)?|right|yeah|no|deal)\?\s*$",
        r"why (?:do|did|would|are|can'?t|won'?t|don'?t|didn'?t|is|were) (?:you|u|it)\b",
        r"what (?:do|did) you (?:want|expect) (?:me|from me)|what else (?:do|did) you want|how (?:can|could|am i supposed)",
    ),
    # an explanation
    _any(
        r"(?:the )?reason (?:i|why|that|was|for|is|being)|because (?:i|we|my|the|of)|only (?:said|asked|did|meant|brought|wanted)|what i (?:meant|was trying|wanted|was saying)|i meant|i was (?:just |only )?(?:trying|going for|thinking|hoping|running|worried|under|so busy)|my (?:intention|point|intent|thinking|previous|last|other)|(?:so )?(?:basically|technically)|it'?s (?:just )?(?:that|because)|(?:the way (?:i|this|it) work)|(?:usually|normally|the protocol|the model|research|policy|we have to|i have to|i had to)",
    ),
    _any(
        r"traffic|schedul\w+|my (?:supervisor|kid|training|day|week|calendar|computer|wifi|internet)|back[- ]to[- ]back|the (?:clinic|agency|form|system|policy|rules?|law|insurance)|protocol"
    ),
    # a defense
    _any(
        r"i (?:never|didn'?t|did not|don'?t|wasn'?t|was not|haven'?t) (?:actually |really |even |mean |ever )*(?:said?|mean|do|think|call|judg\w*|tak(?:e|ing)|attack\w*|ignor\w*|tell|say|trying|told|dismiss\w*|side|sid(?:e|ing))",
        r"(?:that'?s|thats|it'?s|this is|that is|that was) not (?:what|true|fair|how|quite|my|accurate|really|on me|right)",
        r"(?:i was|i'?m) (?:only|just) (?:trying|doing|joking|kidding|saying|asking)|just (?:a joke|trying to help|doing my job)|trying to help",
    ),
    _any(
        r"you (?:always|never|tend to|keep|often|have a (?:way|tendency|habit|pattern)|need to|should|have to|could have|could'?ve|did(?:n'?t)?|do(?:n'?t)? (?:see|really|listen|want|tell|give)|agreed|signed|said|were the one|asked (?:me|for)|took|misheard|misunderstood|heard me wrong|chose|decided|might want|may be|seem to)",
        r"you'?re (?:being|reading|taking|overreacting|too|making|just|putting|projecting|the one|assuming|not (?:listening|trying|hearing|being)|misunderst\w+|twisting|blowing|always|getting|a bit|pretty|very)|over(?:react|think|sensitiv)\w*|personally|sensitive|dramatic|defensive|resistan\w+|project(?:ing|ion)|attitude|transference",
        r"we (?:did |both |already |had )*(?:agreed|talked about|discussed|went over|decided|have (?:talked|been over))|in fairness|to be fair|with (?:all )?respect|for the record|as i (?:said|told)|i (?:already )?told you|i did (?:say|ask|tell|explain)",
    ),
    _any(
        r"(?:but|however|although|though|just that)",
        r"at least|not (?:just|only) me|other (?:clients|people|couples|kids|teens)|most (?:people|clients)|no one else|nobody else",
    ),
    # too much apology
    _any(
        r"(?:so,? so|really,? really|so very|very very|deeply|terribly|incredibly|sooo+|super) (?:sorry|bad|awful)|sorry[^.?!]{0,12}[,.!\s]+(?:i'?m |im )?(?:so |really )?sorry|a (?:thousand|million|hundred) (?:apologies|times|sorr\w+)",
        r"forgive me|forgiv\w+|i (?:feel|felt|still feel|have been feeling) (?:so |really |just |like |absolutely |totally |such )*(?:terrible|awful|horrible|sick|guilty|bad|ashamed|a (?:failure|fraud|monster|jerk|terrible|horrible|bad))|i'?m (?:such )?(?:a |an |the )?(?:terrible|awful|worst|idiot|failure|mess|horrible|bad (?:counselor|therapist|person))|hate (?:myself|that i)|the worst|never forgive|couldn'?t sleep|can'?t (?:stop|sleep|believe i)|kicking myself|beating myself|please don'?t (?:be|hate|leave|give up|quit|stop|report|think)|do you (?:still|hate|forgive)|stupid of me|what kind of (?:counselor|therapist)|don'?t deserve|unforgiv\w+|make it up to you|i keep (?:thinking|messing|doing)",
    ),
)


def flags(line: str) -> npt.NDArray[np.float32]:
    """Return 1 for each sign that stands in the line, for each in its first sentence, and for the sharp ones."""
    whole, sharp = plain(line), said(line)
    first = first_move(whole)
    form = (
        line.rstrip().endswith("?"),
        "?" in line,
        len(line.split()) > _LONG,
        len(line.split()) < _SHORT,
    )
    return np.array(
        [
            *(cue.search(whole) is not None for cue in _CUES),
            *(cue.search(first) is not None for cue in _CUES),
            *form,
            *(sign(sharp) for sign in SHARP),
        ],
        dtype=np.float32,
    )
