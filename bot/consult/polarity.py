"""Whether a sentence says the same way round, and no stronger, what its source says; by words, without a model."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_STOP = frozenset(
    "a an the and or but nor so as at by for from in into of on onto to up with about over than then that this these those it its "
    "is are was were be been being am do does did has have had having will would shall should can could may might must "
    "i you he she they we me him her them us my your his their our mine yours theirs one ones what which who whom how when where "
    "why if there here also too very just still even only more most less least much many some any each every other another "
    "such same own again once both few all let lets get gets got make makes made say says said like well way thing things "
    "client clients person people someone anyone counselor session sessions because since while during through between".split()
)
_SUFFIXES = ("ingly", "edly", "ings", "ing", "ied", "ies", "ers", "ed", "es", "er", "ly", "s", "e")
_SHORTEST_STEM = 3

NEGATORS = frozenset(
    "not no never without don't doesn't didn't isn't aren't wasn't won't can't cannot couldn't shouldn't wouldn't needn't nor "
    "neither avoid avoiding nobody nothing none hardly unless dont cant wont".split()
)
_LEAVING = frozenset({"skip", "skipping", "omit", "omitting"})
"""Words that negate what follows where they do not open a sentence; there, they are what is told to do."""

_NOT_PROVING = re.compile(r"\b(?:(?:does|do|did)(?:n't| not)|not|no|never) (?:prov\w+|proof)")
_PHRASES = (
    (
        re.compile(r"\binstead of\b|\brather than\b|\bin place of\b|\bhold(?:ing)? (?:back|off)\b|\bstop (?=\w+ing\b)"),
        "not ",
    ),
    (re.compile(r"\bkeep \w+ out of (?P<what>(?:the )?\w+)"), r"not \g<what> ;"),
    (re.compile(r"\bleave (?P<what>[^.;]{1,60}?) (?:out|aside|alone|for later|for a later)\b"), r"not \g<what>"),
    (re.compile(r"\b(?:leave|leaving) out\b|\bno (?:need|reason) to\b|\bis no\b"), "not"),
    (re.compile(r"\bkeep (?P<what>[^.;]{1,40}?) (?:for (?:a )?later|out|to yourself)\b"), r"not \g<what>"),
    (re.compile(r"\bsave (?P<what>[^.;]{1,60}?) for\b"), r"not \g<what> ."),
)
_SCOPE = 5
"""Content words after a negating word that it turns round, up to the end of the clause."""

_CLAUSE_END = re.compile(r"[.;:!?]|,(?! or | to | that )| but | and then | so that ")
_QUOTED = re.compile(
    r"\"[^\"]*\"|[\N{LEFT DOUBLE QUOTATION MARK}][^\N{RIGHT DOUBLE QUOTATION MARK}]*[\N{RIGHT DOUBLE QUOTATION MARK}]"
)
_GERUND = re.compile(r"\w{2,}ing\b(?!.*(?:\?|\b(?:is|are) (?:not|fine)\b))")
_FORBIDDEN = re.compile(r"(?P<what>\w{2,}ing\b[^;]*?) (?:is|are) not\b")
_NO_SHOW = re.compile(r"\bno-(?=\w)")

HEDGES = re.compile(
    r"\b(?:may|might|can|could|perhaps|maybe|sometimes|often|usually|mostly|possibl[ey]|possibility|tend\w*|seems?|appears?"
    r"|likely|probably|some|not always|associat\w+|link\w*|correlat\w+|pointed|leans?|leaned|report\w*|argues?|average"
    r"|easily|guess|hints?|at times|risky|suggests?|estimate\w*|unsure|not necessarily|statistically|commonly"
    r"|go(?:es)? (?:along )?with|went (?:along )?with|in one|one (?:study|survey|review|trial|meta-analysis)|wonder)\b"
)
SOURCE_HEDGES = re.compile(
    r"\b(?:may|might|(?<!you )(?<!we )(?<!i )(?<!they )(?:can|could)|perhaps|maybe|sometimes|often|possibl[ey]|tend\w*|seems?|easily"
    r"|not always|associat\w+|link\w*|correlat\w+|not statistically|leaned|pointed|went with|go with|report\w*|argues?|some"
    r"|not proof|does not prove|no promise)\b"
)
_EQUATION = re.compile(r"[^.,;:?]{3,60} (?:is|are) [^.,;:?]{3,60}\.?$")
"""One thing said to be another, without more."""

_OPENINGS = frozenset({"if", "when", "where", "once", "before", "after", "with", "as", "since"})
_DOING = frozenset(
    "say ask tell name own let give keep make take go put see try hear find hold wait look check stop skip avoid offer leave bring "
    "open close start begin end set send answer reply respond call phone write read show share point pick use call practise practice "
    "explain apologise apologize promise repeat return remember notice watch expect accept agree consider think don't never do be "
    "drop push press change treat count record invite meet plan trade swap save mention raise admit describe slow pause sit stay work "
    "suggest thank welcome talk speak warm warn remove add plan own invite help choose prepare consult report".split()
)
_ABSOLUTES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\b(?:always|every(?:one|body)?|all (?:clients|experts|of them|people|counselors))\b"),
        re.compile(r"\b(?:always|every\w*|all|each)\b"),
    ),
    (
        re.compile(r"\b(?:must|requires?|required|demands?|orders (?:you|counselors)|have to|has to)\b"),
        re.compile(r"\b(?:must|requir\w+|have to|has to|oblig\w+|only with|follow|calls? for|need\w*)\b"),
    ),
    (
        re.compile(r"\b(?:guarantee\w*|ensures?|proves?|proven|definitely|certainly|obviously|clearly|undoubtedly)\b"),
        re.compile(r"\b(?:guarantee\w*|ensures?|prove\w*|definite\w*|certain\w*|obvious\w*|clear\w*)\b"),
    ),
    (re.compile(r"\b(?:means?|shows?) that\b"), re.compile(r"\b(?:means?|shows?)\b")),
    (
        re.compile(r"\b(?:cause[sd]?|leads? to|improves?|boosts?|cuts?|lowers?|destroys?|heals?|works?)\b"),
        re.compile(r"\b(?:caus\w+|lead\w*|led|improv\w+|boost\w*|cut\w*|lower\w*|destroy\w*|heal\w*|work\w*)\b"),
    ),
)
"""Words that claim more than is known, and what has to stand in the source for each."""

_AGREEING = re.compile(
    r"^(?:yes|yeah|yep|exactly|absolutely|indeed|of course|totally|correct|i agree|agreed|you(?:'re| are) (?:\w+ )?right|that(?:'s| is) right)\b"
    r"|\byou did nothing wrong\b|\b(?:i|we) agree\b|\bis to blame\b"
)
_CLOSE = re.compile(r"\bbring to supervision\b|\bif anyone may be in danger\b|^\W*close\b|\byour supervisor knows\b")
_DISMISSING = re.compile(
    r"\bno need\b|\bneed(?: not|n't)\b|\b(?:not|n't) (?:need|have) to\b|\bnot need\b|\breplaces?\b|\bslows?\b|\bunnecessary\b|\bis enough\b"
    r"|\bout of (?:it|this|supervision)\b|\bleave your supervisor\b|\bskip (?:your )?supervis\w+|\bnobody (?:has|needs) to\b|\bon your own\b"
    r"|\b(?:handle|do|manage) (?:it|this) alone\b|\b(?:do not|don't) (?:call|tell|phone|involve|bother)\b|\bnothing needed\b|\bwithout (?:your )?supervis\w+"
)
_SEQUENCES = (
    re.compile(r"^before (?P<second>[^,;]+)[,;] (?P<first>.+)$"),
    re.compile(r"^after (?P<first>[^,;]+)[,;] (?P<second>.+)$"),
    re.compile(r"^(?P<first>.+?)\b(?:before|outranks?|comes? before|come before)\b(?P<second>.+)$"),
    re.compile(r"^(?P<first>.+?)\band (?P<second>.+) (?:later|after(?:wards)?)\b"),
    re.compile(r"^(?P<second>.+?)\bafter(?:wards)?\b(?P<first>.+)$"),
    re.compile(r"^(?P<first>.+?)\bfirst\b,?(?: and| then)+(?P<second>.+)$"),
    re.compile(r"^(?P<first>.+?)[,;]? (?:and )?then (?P<second>.+)$"),
)


_OPPOSED = (
    ("drop", "keep"), ("public", "private"), ("raise", "lower"), ("higher", "lower"), ("stronger", "weaker"),
    ("better", "worse"), ("more", "fewer"), ("long", "short"), ("late", "early"), ("enough", "insufficient"),
)  # fmt: skip
"""Words of which one in place of the other turns a sentence round."""


def stem(word: str) -> str:
    """Return a word without the endings of inflection, roughly."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: -len(suffix)]
            if word[-1:] == word[-2:-1] and word[-1:] not in "aeosl":
                word = word[:-1]
            break
    return word[:-1] if word[-1:] == "i" and len(word) > _SHORTEST_STEM else word


def content(text: str) -> list[str]:
    """Return the words of a text that carry meaning, in small letters, negating ones left out."""
    return [word for word in _WORD.findall(text) if word not in _STOP and word not in NEGATORS and len(word) > 2]  # noqa: PLR2004


def turned_round(sentence: str, source: str, *, imperative: bool) -> bool:
    """Tell whether what one negates the other says, or whether their order of steps is reversed.

    Args:
        sentence: in plain form.
        source: the sentence that it rests on, in plain form.
        imperative: whether the sentence tells to do something.
    """
    if imperative and _GERUND.match(source):
        source = f"not {source}"  # "Apologizing again and again" is named as what to leave
    if opposed(sentence, source):
        return True
    source = _FORBIDDEN.sub(r"not \g<what>", source)
    denied, said, head = negated(unquoted(sentence))
    source_denied, source_said, _ = negated(unquoted(source))
    flips = (denied & (source_said - source_denied)) | ((said - denied) & (source_denied - source_said))
    held = (denied & source_denied) | ((said - denied) & (source_said - source_denied))
    if imperative and head in flips:
        return True
    return (bool(flips) and len(flips) >= len(held)) or _reversed(sentence, source)


def opposed(sentence: str, source: str) -> bool:
    """Tell whether the sentence holds one word of an opposed pair, and the source only the other."""
    own, theirs = set(_WORD.findall(sentence)), set(_WORD.findall(source))
    return any(
        (one in own and other in theirs and one not in theirs and other not in own)
        for pair in _OPPOSED
        for one, other in (pair, pair[::-1])
    )


def unquoted(text: str) -> str:
    """Return a text without what it quotes, where anything is left."""
    text = _NO_SHOW.sub("no", text)
    bare = _QUOTED.sub(" ", text)
    return bare if content(bare) else text


def negated(text: str) -> tuple[set[str], set[str], str]:
    """Return the stems under a negation, those outside of one, and the first of a sentence's main clause."""
    head = next(map(stem, content(_main_clause(text))), "")
    for phrase, put in _PHRASES:
        text = phrase.sub(put, text)
    denied: set[str] = set()
    said: set[str] = set()
    for clause in _CLAUSE_END.split(text):
        left = 0
        for word in _WORD.findall(clause):
            if word in NEGATORS or (word in _LEAVING and stem(word) != head):
                left = _SCOPE
            elif word not in _STOP and len(word) > 2:  # noqa: PLR2004  # shorter ones carry no meaning
                (denied if left else said).add(stem(word))
                left = max(0, left - 1)
    return denied, said, head


def _main_clause(text: str) -> str:
    """Return a sentence without its opening clause with if or when."""
    opening = _WORD.match(text)
    if opening and opening[0] in _OPENINGS and "," in text:
        return text.split(",", 1)[1]
    return text


def _sequence(text: str) -> tuple[set[str], set[str]] | None:
    text = re.split(r"[:;]", text)[0].strip(" .")
    for pattern in _SEQUENCES:
        if found := pattern.search(text):
            return _stems(found["first"]), _stems(found["second"])
    return None


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content(text)}


def _reversed(sentence: str, source: str) -> bool:
    one, other = _sequence(sentence), _sequence(source)
    if one is None or other is None:
        return False
    straight = len(one[0] & other[0]) + len(one[1] & other[1])
    crossed = len(one[0] & other[1]) + len(one[1] & other[0])
    return crossed > straight


def overstated(sentence: str, source: str, *, imperative: bool) -> bool:
    """Tell whether a sentence claims more than its source: an absolute that is not there, or a hedge that is lost."""
    if absolute(sentence, source):
        return True
    if _EQUATION.match(sentence) and SOURCE_HEDGES.search(source) and not HEDGES.search(sentence):
        return True
    return not imperative and not HEDGES.search(sentence) and _hedged_in(source, sentence)


def absolute(sentence: str, source: str) -> bool:
    """Tell whether a sentence holds an absolute that its source does not."""
    claimed = _NOT_PROVING.sub(" ", sentence)
    return any(claim.search(claimed) and not wanted.search(source) for claim, wanted in _ABSOLUTES)


def _hedged_in(source: str, sentence: str) -> bool:
    """Tell whether what the sentence takes up stands in a hedged clause of the source."""
    own = _stems(sentence)
    clauses = (clause for clause in re.split(r"[.;:,]", source) if SOURCE_HEDGES.search(clause))
    return any(2 * len(own & _stems(clause)) >= len(own) for clause in clauses)


def flatters(text: str) -> bool:
    """Tell whether a statement agrees with the asker in place of saying something."""
    return bool(_AGREEING.search(text))


def meddles(text: str, evidence: str) -> bool:
    """Tell whether a statement imitates the close, or talks the asker out of supervision."""
    if _CLOSE.search(text):
        return True
    about = [part for part in re.split(r"[.!?]", text) if "supervis" in part]
    return any(
        found not in evidence or "supervis" not in evidence
        for part in about
        for found in (match[0] for match in _DISMISSING.finditer(part))
    )


def is_imperative(sentence: str, verbs: Iterable[str]) -> bool:
    """Tell whether a sentence in plain form tells to do something.

    Args:
        sentence: in plain form.
        verbs: further words that suggestions start with.
    """
    words = _WORD.findall(_main_clause(sentence))
    return bool(words) and (words[0] in _DOING or (words[0] in verbs and words[0] not in _STOP))
