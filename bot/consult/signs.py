"""The plain signs that a reading rests on: tables of cues in counselors' own words."""

import re

_APOSTROPHES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})


def plain(text: str) -> str:
    """Return a text in lower case with plain apostrophes; every character keeps its place."""
    swapped = text.translate(_APOSTROPHES)
    lowered = swapped.lower()
    return lowered if len(lowered) == len(swapped) else swapped


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_THEM = r"(?:him|her|them)"

WITHDRAWAL = _any(
    # few words
    r"(?:one|two|1|2|single)[- ]?word (?:answers?|replies|responses?)|monosyllab\w+|(?:short|clipped|brief|shorter) (?:answers?|replies)",
    r"(?:only|just|from then on|gives?|answers?) (?:with )?(?:me )?\"?yes(?: and|/| or| ma'?am| miss) ?no\"?|yes/no|to yes and no",
    r"(?:says?|said|goes|answers?|replies) (?:very |only |just )?(?:little|nothing)(?! (?:about|wrong|is|was|has|will|helps|changes|changed|works))|nothing to say",
    r"(?:says?|said|goes|saying|replied|everything is|everything'?s|everythings|shes saying) (?:\"|')?(?:no )?(?:it'?s |its |just |he'?s |she'?s )?(?:fine|all good|great)(?:\"|'|!)*(?: lately)?",
    r"(?:it'?s|it is) (?:totally |all )?(?:okay|ok|fine)|(?:don'?t|dont) worry about it|no problem|never ?mind|no no no|(?:says?|said|writes|goes|answers?) \W?idk|[\"']idk[\"']|idk(?: idk)+",
    r"(?:barely|hardly|scarcely|not really|hardly ever) (?:\w+ )?(?:speaks?|talks?|talking|says?|looks?|opened|answers?)",
    r"(?:(?<!the )shrug(?:s|ged)?|shrugging|mumbles?|mumbled|nods and nods|keeps nodding|whispers?)",
    r"(?:won'?t|wont|wouldn'?t|wouldnt|doesn'?t|doesnt|refused to|refuses to|nobody|hasn'?t|has not|not) "
    r"(?:talk(?:s|ed)?|speak(?:s)?|spoken|spoke|say anything|open up|look at me|met my eyes|go on|answer(?:s|ed)?|repl(?:y|ied)|told me)",
    # turned down
    r"(?:went|gone|goes|going|go|gets?|got|getting|been|is|was|became|become|turned|turns|fell|sits?|sat|stays?|grew|grown|falls|keeps) "
    r"(?:so |very |really |all |completely |dead |a bit |kind of |more and more |there |totally |just )?"
    r"(?:quiet|silent|flat|still|cold|distant|vague|blank|numb|(?:so |very )?polite|formal|careful|guarded|mute|small|bland|gone|stiff|closed|in silence|absent|blank|glassy|frozen)",
    r"(?:quiet|distant|cold|guarded|polite|formal|careful|silent|withdrawn|coldness) (?:with me |and \w+ )?(?:ever )?(?:since|after)|angry silence|silent treatment",
    r"shut(?:s|ting)? (?:down|off|me out)|clam(?:s|med|ming)? up|clos(?:es|ed|ing) (?:off|up|down)|checked out|checks out|zon(?:es|ed) out|eyes glazed|door shut|iced me out|a wall",
    r"pull(?:s|ed|ing)? (?:away|back)|with(?:drew|drawn|draws|drawing)|retreats?|drift(?:s|ing) off|back(?:s|ed) off|stonewall\w*|froze|freezes",
    r"go(?:es|ing) through the motions|surface[- ]level|on the surface|(?:to|only|just|all|makes|with|is) small ?talk|chit ?chat|(?:talks?|talked|chats?) about (?:the )?(?:weather|football|groceries|games|everything except|sports|tv)",
    # away from the subject
    r"(?:chang|switch|shift|dodg|avoid|deflect|duck|dodges|evad|sidestep)(?:es|ed|ing|s)? (?:the |of |from |from the |to |with |any |anything |all )?(?:subject|topic|topics|eye contact|real|feelings?|humou?r|homework|compliments|talking|it|me|questions?)",
    r"(?:deflects|intellectuali[sz]\w*|minimi[sz]es|long stor(?:y|ies) about|avoidant|avoids|hides behind|jokes when|makes a joke|with a joke|laughs it off|brushed it off)",
    # away from the room
    r"(?:cancel(?:s|ed|led|ing|ling)?|no[- ]?show(?:s|ed|ing)?|skip(?:s|ped|ping)|ghost(?:ed|ing|s)|dropp?ed out|disappeared|vanish(?:ed|es)|missed (?:sessions|two|three|the last)|didn'?t show|didnt show)",
    r"stopped (?:coming|showing|answering|replying|bringing|responding|talking|calling|opening|telling|returning|doing)",
    r"(?:hasn'?t|hasnt|not|didn'?t|didnt|doesn'?t|never) (?:come|came|been|show\w*|rebook\w*|return\w*|answer\w*) ?(?:back|up|in|my|her)?|won'?t (?:come back|return)|without saying (?:bye|why)",
    r"(?:keeps? (?:on )?(?:forgetting|rescheduling|canceling|cancelling|coming late|being late)|comes late|arrives late|been late|coming late|leaves? (?:early|before)|left early|hurried out|ran out of|ignores my)",
    r"(?:camera|video) off|off camera|headphones|hood (?:up|over)|turned (?:her|his|their) back|arms (?:crossed|folded)|(?:looks?|looked|stares?|stared|looking|staring|eyes) (?:on |at |to )?(?:the|his|her|their) (?:floor|clock|wall|window|shoes|phone|feet|rug|ceiling|lap)|eyes down",
    # giving way
    r"agree(?:s|ing|d) (?:with |to )?(?:everything|all|anything|whatever)|agrees and|always agrees|yes to everything|so much yes|goes along|whatever you (?:think|want|say)|you'?re the expert|never disagrees?|never a complaint|gives in to|people[- ]?pleas\w+|placat\w+|appeas\w+|complian(?:t|ce)|perfect client|deferential|no opinion",
    r"(?:takes?|took|taking) (?:it|that|everything)(?: all)? back|apologi[sz](?:es|ed) for (?:bothering|being difficult)|thanks me (?:for everything|all the time)|praises me",
    r"(?:quiet quiet|less and less|shorter and shorter|leaves no room|no reply|hung up|\"?forgets\"? (?:our|his|her|their) |keeps? (?:it|them|him|her)? ?(?:short|surface)|on abstract|hides under|turn(?:s|ed) to (?:the wall|small)|down to once|ignor(?:es|ing) (?:me|my)|now (?:he|she) reports|says? shes sorry|took it back|feels nothing|more cheerful|know nothing|tells me nothing|snippy and|thumbs up|too tired to talk|perfectly polite|nothing real|anything real|one real thing|bored of me|answers? (?:through|for))",
)
"""What may be a move away: few words, a flat voice, another subject, an empty chair, too much agreement."""

CONFRONTATION = _any(
    r"(?:yell|scream|shout|holler|snap|lash|swore|swear|curs|cuss)(?:s|es|ed|ped|ing|ped)? ?(?:out )?(?:at|on) (?:me|us)|(?:cussed|cursed|cussing|cursing|chewed) me out|"
    r"(?:s?he|they|client|teen|kid|dad|mom|father|mother|guy|husband|wife) (?:just |then |really )?(?:yell|scream|shout|snapp|swor|curs)(?:ed|s|e)(?! at (?:her|him|his|the|each))|raises (?:his|her) voice",
    r"(?:bl(?:ew|ows?) (?:up|his top|her top)|explod(?:ed|es)|erupted|la(?:id|ys) into me|(?:tore|tears|ripped|rips|went|goes|came|comes) (?:into|at|off on|me apart) ?(?:me)?|chewed (?:me )?out|let me have it|at my throat|in my face|storm(?:ed|s) (?:out|off)|slam(?:s|med)|took it out on me|takes it out on me|went off on|fight with me|picks fights|louder|got angrier)",
    r"(?:angry|mad|furious|livid|irate|fuming|outraged|pissed(?: off)?|upset|hostile|nasty|enraged|ticked off|raging|rages|rage|resentful) (?:at|with|about|over|toward|towards) (?:me|us|my|the|how)",
    r"(?:is|was|are|were|got|gets|now|so|very|both|she's|he's|hes|shes|more) (?:angry|mad|furious|livid|irate|fuming|outraged|pissed(?: off)?|hostile|insulted|sarcastic|snippy|offended)",
    r"(?:angry|irate|furious|nasty|hostile|rude|long angry) (?:e-?mails?|texts?|voicemails?|messages?|reviews?|silence)|sent a rant",
    r"(?:is|was|i'?m|im|were|are|you'?re|you are|my|called|this|all|so|the|of no) (?:a )?(?:useless|stupid|incompetent|cold|racist|biased|worthless|garbage|boring|a scam|scam|clueless|pointless|unprofessional)",
    r"rais(?:es|ed|ing) (?:his|her|their) voice|stood over me|calls? (?:me )?names|judging (?:him|her|them)|waste of (?:\w+ )*(?:time|money|space)|wasting (?:his|her|their|my) (?:time|money)|isn'?t helping|not helping|never help(?:s|ed)?|(?:this|that|it|nothing) does ?n'?t help|no help at all|go(?:es)? nowhere|judge me|whats the point of this|going nowhere|get(?:ting)? (?:any)?thing out of this|what'?s the point of this|i suck|you suck|robbery|greedy|therapy is a scam",
    r"(?:accus(?:es|ed|ing)|blam(?:es|ed|ing)|attack(?:s|ed|ing)?|insult(?:s|ed|ing)?|mock(?:s|ed|ing)?|criticiz(?:es|ed|ing)|criticis(?:es|ed|ing)|belittl(?:es|ed|ing)|compares?|bull(?:ies|ied)|(?<!i )correct(?:s|ed)|(?<!i )interrupts|test(?:s|ing)|pressures?|fired) me(?! (?:about how|everything))|(?:calls?|called|calling) me (?:a |an |little |the )?(?!(?:for|sir|boss|by|the best|an angel|angel|best|mom|about|after|back|in|every|when|yesterday|today|on|at|from|up|to|and|but|twice|once|late)\b)\w+|told me (?:(?:i'?m|i am|i was|im) (?:\w+ )?(?:useless|not|bad|just|no|cold|unprofessional|worst|old school|incompetent|another|racist|wrong|waste|rookie|judg\w+)|to shut|to go to|off|i (?:don'?t|suck)|he'?s done|she'?s done|it was unprofessional|all that|i'?ll never)",
    r"(?:attacks?|attacked|mocks?|criticizes?|critici[sz]es|dismissed|rejects?|refus(?:es|ed)|insult\w*|question(?:s|ed)) (?:everything|every|all|my|the (?:exercise|treatment|homework|plan|worksheet)\w*)",
    r"complain(?:s|ed|ing)?|(?:file|filed|filing) a complaint|report(?:ed)? me|(?:bad|nasty|one star|1 star|negative|awful) review|refund|(?:her|his|their) money back|threaten(?:s|ed|ing)? (?:to|me|a)|sue me|passive[- ]aggressive|little (?:jabs|digs)|jabs|digs|snarky|smirk\w*|sarcas\w+|roll(?:s|ed|ing)? (?:his |her |their )?eyes|eye ?rolls?|sneer\w*|glar(?:es|ed|ing)|mutter(?:s|ed)? insults?|contempt\w*",
    r"demand(?:s|ed|ing)?|insist(?:s|ed) (?:i|that i|on)|(?:he|she|they|client) wants? to (?:run|control)|tells me (?:when|which|what|how) to|take over the|too young|won'?t accept|wont accept anything|(?:about|attacks?|questions?|mocks?|questioned) my (?:degree|credentials|accent|training|qualifications)|the worst \w+|other (?:counselor|therapist)|old therapist|better therapist|power struggle|pushes? back|pushed back|argu(?:es|ed|ing) (?:w|with) me|argues|nitpick\w*|called me out|fake in front",
    r"(?:you |(?<=says )i |(?<=said )i |(?<=saying )i )(?:don'?t|dont) (?:really )?(?:care|understand|get it|listen)|you have no idea|you'?re just like|just another person|only care because|never (?:get it|been there|listens?)|are you even listening|don'?t therapi[sz]e me|(?:me|you) to shut up|go to hell|taking sides|take sides|side with|took (?:his|her|their) side|taking (?:his|her|their|the \w+) side|trust you|must be nice|sorrys? (?:is |are )?cheap|don'?t want your sorry|figure it out",
)
"""What may be a move against: anger, complaint, blame, mockery, demands, testing."""

OUTSIDE = _any(
    r"grew up|as a (?:kid|child)|my (?:own )?(?:mom|dad|mother|father|husband|wife|partner|kids?|family)|colleague|co-?(?:leader|therapist)|peers?",
    r"(?:at|with|about|against|toward|on|to) (?:her|his|their|the) (?:own )?"
    r"(?:boss|mother|mom|dad|father|sister|brother|husband|wife|ex|partner|boyfriend|girlfriend|landlord|boyfriends?|"
    r"parents?|school|teacher|company|job|roommate|coworkers?|election|government|neighbou?rs?|daughter|son|kids?)",
    r"each other|at home|at her\b|at him\b",
    r"(?:her|his|their) (?:boss|mother|mom|dad|father|sister|brother|husband|wife|ex|partner|boyfriend|girlfriend|landlord|uncle|stepdad)",
)
"""Words by which the trouble is with somebody else."""

WELL = _any(
    r"(?:comfortable|comfy|lovely|we'?re (?:fine|good|okay)|get on (?:great|well)|get along|we do well|works? well|no (?:trouble|drama|problem) between|"
    r"good session|open as ever|loud and open|opens up|warm(?:ing)? (?:up )?|rest flows|we shortened|good reason|no drama|we fixed|we talked it through|"
    r"both agree|it'?s good now|helped (?:a lot|her|him)|said it helped|felt relief|rebooked|friendly|comes early|naturally quiet|felt ok|peaceful)",
)
"""Words by which nothing is wrong between the two."""

GENERAL = re.compile(
    r"^\W*(?:what(?:'s| is| are| does| did| do| makes| happens)|whats|how (?:do|to|does|often|common|much|soon|long|honest|should|can)|is (?:it|there|a|withdrawal|confrontation)|are|do(?:es)? |can (?:i|you)|should|why (?:do|does|is|are)|list|difference|which|ways|when (?:is|do|should)|tips|examples|metacomm)"
    r"(?!.*(?<!\w)(?:he|she|they|my (?:client|guy|ct|clt|supervisee|patient)|hes|shes|him|the client|we|us)(?!\w))"
)
"""A question that tells of nobody."""

ANYBODY = _any(
    r"when (?:somebody|someone|people|clients|a client|a person|anyone)|clients (?:who|that)|in general|the (?:manual|books?) says?|"
    r"reading (?:something|up|about)|how does that line up|what phrase|writing a paper|all of grad school|a theory|the literature",
)
"""Words by which a question is about people at large."""

MISSTEP = _any(
    r"(?:since|after|ever since|when|because|once|as soon as|the moment|the week after) (?:i|my|we) (?!(?:see|asked? (?:how|what|about how|if)|ask\b|say|bring|explore|get|talk|started))\w+",
    r"(?:i|i've|ive) (?:just |accidentally |also |already |had |once |kept |was |had been )*"
    r"(?:forgot(?:ten)?|late|missed|interrupted|cut|laughed|joked|yawned|dozed|fell asleep|zoned out|snapped|mispronounced|pronounced|misgendered|misread|mixed|double ?booked|double charged|charged|raised|"
    r"cancell?ed|rescheduled|moved|changed|corrected|challenged|confronted|pushed|pressed|disclosed|shared|gave (?:advice|the|her|him|them)|suggested|used|called|messed up|blew|overran|ended|insisted|disagreed|"
    r"told (?:him|her|them|dad|mom)|said (?!sorry|nothing|i was sorry|i'?m sorry)|brought (?:up|in)|mentioned|reported|read|took notes|looked at my|glanced|distracted|on my phone|fifteen minutes|quoted|put up|made a|broke|lost|answered|was sick|sick|double)",
    r"^(?:forgot|missed|said (?:her|his|something)|told (?:her|him|them|dad)|brought up|pushed|reported|charged|used the|was (?:late|on my)|mixed|misgendered|double booked|moved office|messed up|ended the|apologi[sz]ed for)",
    r"my (?:joke|comment|remark|phone rang|vacation|mistake|absence|supervisor (?:gave|dismissed))|(?:since|after) (?:the report|the fee|my vacation|our fee)|caught me",
)
"""What the counselor did that may have set it off."""

CYCLE = _any(
    r"we (?:\w+ )?(?:argued|bickered|fought|had (?:a fight|words)|got into|clashed|both raised)|got heated|i (?:snapped|shouted|yelled|fired) back|so did (?:he|she|they)|round and round|power struggle|"
    r"we'?re both|i push,? (?:and )?(?:he|she|they) push\w*|i defend|my voice got|i said things i|went both ways",
)
"""What went both ways."""

TRIED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "apologised",
        _any(
            rf"apologi[sz]ed|(?:said|told {_THEM}) (?:i was |i am |i'?m |im )?(?:so |very )?sorry|said so sorry|my apology|i'?ve said sorry"
        ),
    ),
    (
        "explained",
        _any(
            r"explain(?:ed)?(?: again| myself| the| why| my)?|explaining|tried to explain|defended (?:myself|it|my)|i defend|justified|kept making my case|made my case|quoted the|clarified|i push"
        ),
    ),
    (
        "asked",
        _any(
            rf"(?:asked|ask|i'?ve asked) (?:{_THEM} |straight out |again |directly )?(?:(?:if|whether) (?:something|she|he|they|we|it|anything)|what(?:'s| is| was| would| happened| gave| went| hit| feels| felt)|"
            r"about (?:it|that|the messages|us)|to (?:say more|help me|tell)|why|straight out|\"are you|are you|how (?:it|that|she|he|they) )|checked in|i named it|named it|is (?:she|he) mad at me\? i asked|i asked,|wondered aloud|i said i miss"
        ),
    ),
    (
        "gave in",
        _any(
            rf"gave in|gave {_THEM} (?:extra|more|the)|kept giving {_THEM}|keep rescheduling|i moved rooms|(?:i )?(?:dropped it|backed off|backed down|caved|relented|waived)|let {_THEM} (?:choose|have)|told {_THEM} fine|until i told|i stopped giving|bullied me into|extended the"
        ),
    ),
    (
        "withdrew",
        _any(
            r"i (?:\w+ )?(?:gave up|went (?:small|quiet|silent)|shut down|ended (?:the session |it )?early|withdrew|left it|changed the (?:subject|topic)|filled it|did too|pulled back|stopped asking)|so i filled it|and changed the topic|and ended early|and i ended|i gave up asking|i went small"
        ),
    ),
    (
        "supervisor",
        _any(
            r"(?:my |the )?(?:supervisor|sup|supe) (?:\w+ )?(?:said|says|told|tells|wants|thinks|shrugged|is no help|calls)|(?:told|asked|brought (?:it|this|that) to|talked to|took it to) (?:my )?(?:supervisor|sup|supe|supervision)"
        ),
    ),
    (
        "reached out",
        _any(
            r"(?:left|leaving) (?:\w+ ){0,3}(?:voicemail|message)s?|called (?:once|twice|back|him|her|them)|i called|(?:sent|wrote|emailed|texted|messaged) (?:him|her|them|back|two|a|an|one|to)(?: \w+){0,2}|i answered it|emailed|my calls"
        ),
    ),
    (
        "nothing",
        _any(
            r"(?:i )?(?:said|did|done|say|saying) nothing|(?:didn'?t|didnt|haven'?t|havent|never|did not|have not|not) (?:say|said|do|done|brought it up|bring it up|raised it|asked|mentioned it|know what to say)(?: (?:a word|anything|it))?|pretended it|i froze|i just sat|just nodded|sat in it|just (?:colour|color)"
        ),
    ),
)
"""What the counselor says was tried, best told by verbs in the past."""
