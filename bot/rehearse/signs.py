"""The sharp signs in a line of a repair: an act that is owned, an explanation at the start, a defense.

Tables of cues in trainees' own words. What somebody is quoted with is taken out first, since it is not said by the counselor now.
"""

import re

from bot.consult.signs import plain

_QUOTED = re.compile(r"\"[^\"]{1,80}\"|(?<![a-z])'[^']{1,80}'(?![a-z])")
_DOUBLE = str.maketrans({"\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"'})
_SHORT = (
    (re.compile(r"\bu\b"), "you"),
    (re.compile(r"\bur\b"), "your"),
    (re.compile(r"\b(don|didn|wasn|isn|won|shouldn|couldn|wouldn|doesn|haven)t\b"), r"\1't"),
    (re.compile(r"\bi(m|ve)\b"), r"i'\1"),
)
"""What is typed short in messages, and the words that the tables know."""

_SENTENCE = re.compile(r"[^.?!;\n]+[.?!;]*")
_LEAD = re.compile(
    r"^(?:\W*(?:ok(?:ay)?|well|um+|uh+|so|hey|yeah|yes|no|right|look|listen|oh|i mean|and|but|hmm+|see|basically|actually|honestly|sure|fine|let me just|before you (?:say|tell)[^,]*|the thing is|context)\b[\s,.:\u2026-]*)+"
)
"""Small words that a line may begin with before its first move."""

_MUCH = 2
"""Apologies that one line may hold before they say nothing of an act any more."""


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_APOLOGY = _any(r"sorry|apologi[sz]e|apologies")

_ACT_VERB = (
    r"(?:(?:just|also|really|clearly|honestly|kind of|kinda|totally|completely|then|even|basically|def(?:initely)?|simply|still) )*"
    r"(?:cut (?:you|u|him|her|them|in|short|your|across)|talked (?:over|too|at|about you|past|down)|interrupted|rushed|hurried|push(?:ed)?(?: you|"
    r" it| too| and| ahead| on| for|ed)|dropped the ball|missed (?:how|that|what|it|your|the|something)|assumed|jumped (?:in|straight|ahead|on|"
    r"to)|brushed|overran|overstepped|dismissed|skipped|sided|lumped|sprang|ignored|misread|misheard|misunderstood|forgot|lectured|ducked|"
    r"laughed(?! out of)|raised my voice|messed|screwed|blew|stepped (?:over|on)|looked (?:too|away|past)|steered|carried on|lost (?:it|your|my)|"
    r"pried|snapped|waved|minimi[sz]ed|overlooked|underestimated|finished your|got (?:it|that|your|the|his|her|defensive|caught|distracted|sharp|"
    r"ahead)(?: \w+)? ?(?:wrong|name|date|pronoun|ahead|lost)?|mixed (?:you|up|the)|broke|hurt you|let (?:you|it|him|her|them|things) (?:down|get|"
    r"sit|wait|go)|left you|kept (?:pushing|going|talking|asking|looking|interrupting|on|you)|failed (?:you|to)|handed you|put (?:you|words|that|"
    r"the desk|an? |myself|it)|turned (?:your|you|it|from|away)|treated|typed|spoke (?:too|over|about|for|as)|took (?:his|her|one|your|over|"
    r"a guess|sides|that away)|gave (?:you (?:a|homework|advice|the|some)|advice|most|him|her|one)|told you (?:what|how)|answered (?:your|a|my)|"
    r"made (?:a joke|a face|it (?:about|small|awkward|harder|worse)|you (?:feel|wait|small|repeat)|light|an assumption|assumptions?)|"
    r"wasn't (?:listening|paying|really|fully|there|fair|with you|clear|honest)|was(?:n't)? (?:really )?(?:so |too |a bit |being )?(?:late|short|"
    r"careless|rude|wrong|lazy|harsh|sharp|curt|clumsy|impatient|distracted|cold|defensive|watching the clock|not listening|half listening|"
    r"miles away|checking my|looking at (?:my|the)|typing|listening|clever|dismissive|blunt|hasty|quick to|insensitive|thoughtless|nosy|unfair)|"
    r"didn't (?:listen|ask|check|follow|see (?:you|that|what|it)|notice|hear (?:you|it|what)|wait|warn|stop|leave|give you|really|think|catch|"
    r"get (?:it|how|that)|understand|take (?:it|you)|come back|pay|keep|say anything|explain|shake)|never (?:asked|checked|came back|"
    r"apologi[sz]ed|explained)|should(?:n't)?(?:'ve| have| of| never have)|promised you|cancelled by|went (?:too|straight|ahead|quiet|past|right|"
    r"all|there|on about|in blind|missing)|moved (?:too|on|past|ahead|us)|shut (?:you|a|the)|called you|used (?:the wrong|a word|that word)|"
    r"did (?:raise|do that|it again)|nodded (?:anyway|through)|said (?:something|it (?:badly|wrong)|the wrong)|hadn't (?:asked|thought|read)|"
    r"had no business|set that)"
)
_OWN_ACT = _any(r"i(?:'d|'ve)? " + _ACT_VERB)
_OWNED = _any(
    r"(?:that'?s|that was|that is|this is|this one is|it'?s|it was|was|thats)(?: \w+)? (?:on me|my (?:fault|mistake|bad|error|doing|slip|"
    r"responsibility)|mine(?!d)|me (?:skipping|dodging|being|who|that|rushing|not)|(?:rude|lazy|wrong|clumsy|careless|thoughtless|unfair|unkind|"
    r"insensitive|too much too soon) (?:of|from) me)",
    r"my (?:bad|fault|mistake)",
    r"i (?:can |do )?own (?:that|it|my)|my part (?:in|is|was)|i'?m the one who|i did that",
)
_SORRY_FOR = _any(
    r"i'm sorry (?:i|for (?!your|the loss|if))(?!s )",
    r"(?:sorry|apologi[sz]e) (?:that )?i (?:cut|missed|forgot|was|didn't|made|left|said|talked|called|laughed|let|pushed|hurt)|(?:sorry|"
    r"apologi[sz]e) for (?:laughing|cutting|missing|forgetting|not|pushing|talking|answering|mixing|the way i|what i|my)",
)
_NOT_OWNED = re.compile(
    r"^(?:if|how is it)\b|\bif you go\b|can't believe|\?$|\b(?:not|hardly|n't) (?:really )?(?:my|on me)\b"
)
_REASON = re.compile(r"\b(?:only|because|to be fair|so that|in order|the reason)\b")
_WHEN = re.compile(
    r"\b(?:when|since|after|before|as soon as|moment|minute|while|once|if|until|till|because|how|where|than|ever|about|why|as|whether|time|day|what|that|thing|which)\b"
)
"""Before an act, these say that it is only when or why something else happened."""

_CLAUSE = re.compile(r"[,:]|\band\b|\bthen\b|\bbut\b")

_ACT = re.compile(
    r"(?:^|[.?!;:] |, |\b(?:and|then|but) )i (?:(?:just|also|then|even|still|once|again|simply|only|\w+ly) )?(?:(?!noticed|sensed|wondered|wanted|"
    r"needed|tried|hoped|learn|reali[sz]ed|apologi[sz]ed|cried|replayed|worried|believed|asked if|looked it up|clocked|loved|enjoyed|liked|"
    r"appreciated|remembered|need|feed|seed|agreed with)[a-z]+ed|sent|put|said|told|gave|took|made|let|left|kept|sprang|spoke|brought|threw|read|"
    r"chose|cut|went|came|ran|stood|sat|shut|broke|forgot|got|held|hid|lost|spent|fell|set|had (?:pushed|put|left|made|told)|have (?:called|put|"
    r"made|told|treated)|'d (?:filled|put|made|told)|'ve been (?!thinking|wondering|worried|looking forward|trying))(?= )"
)
_OPEN = _any(
    r"(?:what|how|where|which)\b[^.!?]*\?",
    r"(?:i'?d|i would) (?:really |honestly |much |very much )?(?:like|love|want|value|welcome|be (?:glad|curious|grateful|honou?red|interested))|"
    r"tell me|could you (?:say|tell)|would you (?:say|tell|walk|let)|i want to (?:know|hear|understand)",
)

_EXPLAINS = (
    re.compile(r"^(?:because|since you|as (?:you|a|an|i) |for the )\b"),
    _any(
        r"(?:the |a |one |my )?reasons? (?:i|why|that|was|for|is|being|both|it|we|you|behind)|there'?s a reason|here'?s (?:the reason|why)|"
        r"let me (?:just )?(?:explain|start with why|tell you why)|i can explain|allow me to",
        r"what i (?:meant|was (?:trying|getting at|thinking|going for|saying)|wanted|said about[^.]*explain)|(?:the )?point i was|my (?:thinking|"
        r"intention|idea|point|aim|hope|plan|reasoning) was|(?:the )?(?:idea|thinking|plan|purpose|background) (?:was|behind|is|of)|"
        r"what happened (?:was|is)|how \w+ works is",
        r"(?:that'?s|thats|which is|that is) (?:all i meant|why|how i|where (?:it|my|i)|the (?:background|whole story|reason)|what (?:happened|was))|"
        r"it'?s (?:just )?(?:that|because)|it'?s (?:a|just) (?:standard|routine|technique|habit)|why i (?:asked|said|assumed|did|brought)",
        r"i (?:only|just) (?:said|asked|did|meant|brought|wanted|mentioned|raised|used|took|laughed|forgot|looked|called|told|read|let|kept)|"
        r"i was (?:only|just) |i was (?:trying|hoping|told|taught|going for|going to|writing|worried|thinking (?:of|about|that|it))|i(?:'m|"
        r" am) (?:required|obliged|not allowed|meant to|supposed)|i (?:have|had) to (?!wait|say|admit)",
        r"i had(?:n't)? (?:a|so much|three|just|no|been|understood|planned)|i'd (?:had|been|planned|read|just|mentioned|thought)|i thought (?:you|it|"
        r"that|a|we)|i meant|i say QUOTE|i wanted to (?:make|give|see|help|keep|be sure)|in (?:my|our|the) (?:training|country|culture|family|"
        r"language|clinic|place|theory)|where i (?:grew|come)|growing up|legally|(?:the )?(?:clinic|agency|system|software|form|policy|law|insurance|"
        r"protocol|funding|lag|algorithm|app|school) (?:has|is|says|asks|sends|wants|flags|covers|only|does|requires|needs)|my (?:supervisor|manager|"
        r"calendar|mic|internet|connection|screen|phone|wifi) (?:wants|needs|asks|was|put|has|is|froze|had)",
    ),
    _any(
        r"i(?:'d|'ve|'m)?(?: [\w']+){1,12}? (?:because|since (?!the|last|then|your|our|monday)|so (?:i'd|i could|that|you'd|you could|we'd|we could|"
        r"as)|in order to|out of interest|due to|as (?:it|i|you|my|she|he|the) (?:was|were|had|needed|didn't|couldn't|have|don't))"
    ),
    re.compile(
        r"^(?:(?:it|that|this|those|these|the [\w' ]{2,30}?|that question|my role(?: here)?|ending in \w+)(?:'s| (?:was|is|were|are|has to|have to|"
        r"had to)) (?:(?:just|only|all) )?(?:meant|supposed|part of|for (?:my|the|our|safety|your)|because|due|to (?:show|keep|make|help)|set (?:when|"
        r"by|to)|the (?:usual|standard|protocol|law|way we|questions the)|(?:clinic|agency|school|office|hospital) (?:policy|rule)|how we|"
        r"in the (?:trauma|intake|interview|manual|auto)|on the (?:handout|form|list)|standard|routine|designed|an attempt|the supervisor'?s|"
        r"a (?:staff|school|clinic|house) (?:rule|meeting))|it came from|it sounded [\w ]+ because|we (?:do (?:that|this)|have (?:a|to)|ask every|"
        r"moved|always|usually|all have)|i (?:believed|figured|guess i was|had been|went with|'m new|am new|rely on|gotta|have to|had to)|i (?:kept|"
        r"looked|asked|used|interrupted|cut in|took|raised|speak|put|nodded|moved|spoke|stopped|did)\b[^.;]*? (?:to (?:keep|see|show|slow|give|make|"
        r"get|help|find)|since (?!last|then|your|the)|as (?:it|i|you|my|she|he)\b|so (?:that|i|you|we)\b|for your own|due to|out of)|in (?:cbt|dbt|"
        r"emdr|spanish|english|couples work)|couples work means|from a \w+ point of view|no ?one (?:told|briefed)|there was a (?:fire|mix|problem|"
        r"delay|call|power)|(?:the|my) (?:school|agency|clinic|insurer|office|court|app) (?:asked|assigned|wanted|told|moved|put|shares)|"
        r"my phone is on|i was (?:in the car|on the bus|at|sick|running late|making a|in a meeting))\b"
    ),
)

_DEFENDS = (
    _any(
        r"i (?:never|did not|didn't|don't|wasn't|was not|haven't) (?:actually |really |even |ever |once )*(?:said|told|called|asked you to|"
        r"say (?:that|it|you|anything)|tell you|call you|mean (?:it|that|anything)|hang up|do anything|judge|judging|laughing|attacking|accusing|"
        r"blaming|taking sides|take (?:his|her|anyone'?s|sides)|side with|ignoring|ignore you|make you|force|recall|remember it|think (?:i did|"
        r"that'?s|that is|it'?s) )|i'm not (?:racist|sexist|the (?:enemy|bad guy|villain)|judging|attacking|blaming|accusing|going to apologi[sz]e|"
        r"in a hurry|your)",
        r"(?:that|this|it)(?:'s| is| was|s)? ?(?:not|isn't|wasn't) (?:really |quite |at all |even |exactly )?(?:what (?:i|happened)|true|fair|how|"
        r"accurate|my (?:fault|problem|job)|on me|right|like that|a big deal|unreasonable|personal|as (?:if|though)|a ranking|me being|about me|"
        r"the case|that bad)",
        r"(?:sorry|apologi[sz]e) (?:if|that|but)? ?(?:you|your)(?:'re|'ve)? (?:feel|felt|feelings|took|take|think|thought|see|choosing|were|"
        r"misunderst\w+|heard|got)|sorry(?:,? (?:ok(?:ay)?|but))+,? (?:but|you|that)|sorry but|(?:sorry|apologi[sz]ed?)(?: \w+){0,4},? but (?!what|"
        r"how|i (?:was|did|cut|missed))",
        r"you (?:did )?(?:agree[d]?|signed|initialled|initialed|misunderstood|misheard|brought this|started it|signed up|were the one|could(?:'ve|"
        r" have)|should(?:'ve| have)|might want to|need to (?:take|understand|calm|look)|have to (?:admit|understand|tell|see)|tend to|always|"
        r"never (?:said|told|mentioned|asked|listen)|keep (?:testing|wanting|pushing|twisting|bringing)|knew|asked (?:me )?(?:for it|to be|for my)|"
        r"said you (?:wanted|were|didn't)|said it (?:was|didn't)|can't (?:expect|blame|hold|hang|just)|did (?:storm|ask|agree|choose|walk)|make it|"
        r"get out of it|two keep|both keep|heard what)|you(?:'re| are|'ve been| were)(?: just| being| a bit| quite| too| always| really|"
        r" doing)* (?:overreact\w*|sensitive|dramatic|defensive|projecting|paranoid|unfair|unreasonable|ungrateful|difficult|resistan\w+|twisting|"
        r"testing|reading (?:too|into|things)|taking (?:it|this|things)|making (?:a big|it)|the (?:thing again|one who)|being (?:unfair|harsh|hard|"
        r"rude|off|quite)|hard on me|goading|putting (?:that|words)|blowing|imagining|late (?:too|as well)|shouting)|overreact\w*|so dramatic|"
        r"too sensitive|over-?sensitive",
        r"(?:to be fair|in fairness|with (?:all )?(?:due )?respect|for the record|in my defen[cs]e|no offen[cs]e|let'?s (?:be (?:accurate|honest|"
        r"reasonable|clear|fair)|keep (?:it|this) in|not (?:be dramatic|exaggerate))|hang on|calm down|rules are rules|take it up with|like it or not|"
        r"nobody (?:else|forced|'s judging)|no ?one (?:else|forced)|(?:most|other) (?:people|clients|couples|families|kids|teens) (?:do|don't|find|"
        r"manage|like|are|have|would)|the others (?:had|didn't)|(?:only|just) (?:trying|doing) (?:to help|my (?:job|best))|i(?:'ve|"
        r" have) been nothing but|can'?t (?:read minds|be blamed|be expected|please)|read minds|not my fault|hardly my|dropped the ball was|"
        r"was on your end|whether you like|it'?s (?:your|the) (?:internet|illness|anxiety|reaction)|just your|i (?:already (?:told|warned|explained)|"
        r"did (?:tell|warn)|warned you|explained (?:it|them|that))|as (?:i|we) (?:told|said|discussed|agreed)|i did (?:ask|say|warn|tell|explain)|"
        r"i stand by|i'?m (?:human|on your side|doing my best)|(?:we|you) (?:both )?(?:agreed|discussed|went over|talked about it|talked about this|"
        r"have been over)|i'?ve (?:said|apologi[sz]ed)[^.?!]*(?:twice|already|ten times|times)|you'?ll see (?:that )?i)",
        r"(?:but|though|although|however|still|and frankly|and honestly),? (?:honestly,? |look,? |really,? |frankly,? |also )?(?:you (?:did|had|were|"
        r"have|could|never|said|do|don't|also|must|chose|keep|came|started|wouldn't)|you'd been|it had to|most people|nobody|no one|i(?:'d|"
        r" had) (?:already|told|asked)|i asked you|i did (?:ask|tell|warn|say)|i was (?:only|just)|someone had|rules|that'?s (?:life|how it))",
    ),
    _any(
        r"(?:be blamed|blame me|blaming me|(?:bit|rather|so|really|quite|being|very|pretty|is|that'?s|are) unfair|(?:isn't|not)(?: \w+)? fair (?:on|"
        r"to|of)|hard on me|fair on me|(?:it'?s|is|was|that'?s|only) (?:just |only )(?:a |an )?(?:\w+ )?(?:figure|joke|term|word|expression|comment|"
        r"question|phrase|metaphor)|a compliment|that'?s (?:you\b|coming from you|just your|on you)|it was you who|brought (?:that|the) tension|"
        r"(?:doesn't|didn't|did not) mean i\b|wasn't (?:a dig|me\b|my\b)|(?:clinic|reception|system|website|algorithm|app|team|computer|"
        r"it'?s [^,.]*),? not (?:from )?me|if you(?:'d| had) (?!like|rather|want|prefer|be|let|tell|say|have)|any (?:professional|counselor|"
        r"therapist) would|anyone (?:else )?would (?!feel|be hurt)|perfectly (?:polite|clear|normal|fine|reasonable)|for heaven'?s sake|"
        r"that'?s a fact|i didn't decide|you can't take|come at me|from my side|you'll (?:reali[sz]e|thank)|you should be (?:pleased|glad|grateful)|"
        r"is that enough|nothing i do|felt the need|human too|i'd ask you not to|was fine,? so|not a (?:crime|mind reader|robot)|i'm a human|"
        r"call me a|isn't the same as|wasn't (?:judging|a breach)|there wasn't (?:a|any)thing i could|you do (?:avoid|tend|mumble)|"
        r"looking for a fight|nobody'?s (?:judging|attacking|blaming)|have to lie|rather a waste|what i can't own|do(?: not|n't) think (?:that'?s|"
        r"it'?s) (?:a crime|fair|accurate|true)|to police|literally my job|his wrong|you stormed|took it (?:wrong|personally)|anyway,? you'?ve|"
        r"not wanting to be held)"
    ),
    _any(
        r"if you(?:'d| had| were| would)(?! (?:like|rather|want|prefer|be|let|tell|say|willing|okay|able|to|me|have))|you (?:just )?(?:don't|didn't|"
        r"couldn't|wouldn't|won't|can't|haven't) (?:like (?:the|it|hearing)|let me|take it|exactly|want to (?:change|hear|see)|do(?:ne)? (?:any|your|"
        r"the)|listen)|you get angry|says more about you|ganging up|attachment style|distortion|black and white thinking|your (?:reaction|"
        r"interpretation|illness|pattern|defen[cs]es|fear of|resistance|expectations) (?:is|are|speaking|talking|that)?|out of proportion|"
        r"nothing wrong|(?:completely|totally|perfectly) (?:normal|wrong)|excuse me for|justify myself|i know (?:my job|what i'm doing)|"
        r"i treat (?:everyone|everybody)|don't see colou?r|all i'?ve done|i did nothing|nothing to be (?:hurt|upset|angry)|"
        r"making (?:such )?a big deal|(?:idk|don't know|no idea) why (?:you|your)|owe me|i have (?:friends|many clients|other clients)|"
        r"it was your (?:internet|idea|choice|fault|decision|turn)|'s fault|being accused|don't see how|can we (?:please )?(?:just )?(?:move on|"
        r"be reasonable)|do you have any idea|you came late|harsh way|everyone else|no idea (?:what|where) you|i object|i followed the|"
        r"wasn't that (?:late|bad|long)|i was not (?:on|late|rude|being)|should count for|it takes two|no point in being|what's really going on|"
        r"maybe you should ask|i'd be careful|won't be spoken|not in my notes|i remember it differently|isn't in my notes|don't forget|of all people|"
        r"which i thought was obvious|you just heard"
    ),
    _any(
        r"(?:don'?t you think|do you not think|surely you|isn'?t (?:it|that|this)(?: a bit| just| exactly| really)?|haven'?t you considered|"
        r"have you considered|don't you want)\b[^.!]*\?",
        r"(?:why would you|why are you (?:so|always|being)|why do you (?:always|think|have to|keep)|how come you|how (?:is|was|am|are) (?:it my|"
        r"i (?:meant|supposed)|that my)|what (?:else |more )?(?:is it |do |did )?you (?:want|expect) (?:from|me|of|out)|what more|what else do you|"
        r"was i supposed|so you'?d rather|who else was|are you always)\b[^.!]*\?",
    ),
)


def said(line: str) -> str:
    """Return a line as the tables know it: lower case, short forms written out, quotations taken out."""
    text = plain(line).translate(_DOUBLE)
    for short, long in _SHORT:
        text = short.sub(long, text)
    return _QUOTED.sub("QUOTE", text)


def sentences(line: str) -> list[str]:
    """Return the sentences of a line that have two words or more."""
    return [one.strip() for one in _SENTENCE.findall(line) if len(one.split()) > 1]


def first_move(text: str) -> str:
    """Return the first sentence of a line, without the small words that it begins with."""
    bare = _LEAD.sub("", text.strip(), count=1)
    return next(iter(sentences(bare)), bare)


def owns(text: str) -> bool:
    """Tell whether an act of one's own is owned: in a main clause, not as a reason, and not by being sorry alone."""
    if explains(text):
        first = first_move(text)
        text = text.partition(first)[2]
    much = len(_APOLOGY.findall(text)) > _MUCH
    return any(_owned_in(sentence, much=much) for sentence in sentences(text))


def acts(text: str) -> bool:
    """Tell whether a main clause says what the counselor did, whatever it was."""
    return any(
        _ACT.search(sentence)
        and not sentence.endswith("?")
        and not _REASON.search(sentence)
        and _in_main(_ACT, sentence)
        for sentence in sentences(text)
    )


def asks(text: str) -> bool:
    """Tell whether something is asked with an open question or invited."""
    return _OPEN.search(text) is not None


def explains(text: str) -> bool:
    """Tell whether the first move is a reason or a justification."""
    first = first_move(text)
    return not first.endswith("?") and any(cue.search(first) for cue in _EXPLAINS)


def defends(text: str) -> bool:
    """Tell whether the counselor is defended, or the client corrected, argued with or blamed."""
    return any(cue.search(text) for cue in _DEFENDS)


def many_apologies(text: str) -> bool:
    """Tell whether there are more apologies than one act needs."""
    return len(_APOLOGY.findall(text)) > _MUCH


def _owned_in(sentence: str, *, much: bool) -> bool:
    if _NOT_OWNED.search(sentence):
        return False
    if _OWNED.search(sentence) or (not much and _SORRY_FOR.search(sentence)):
        return True
    return not _REASON.search(sentence) and _in_main(_OWN_ACT, sentence)


def _in_main(act: re.Pattern[str], sentence: str) -> bool:
    return any(not _WHEN.search(_CLAUSE.split(sentence[: found.start()])[-1]) for found in act.finditer(sentence))
