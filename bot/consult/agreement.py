"""Questions that ask to be agreed with against the client; they get the cards' view, and a kind word that says so."""

import re

ASIDE = (
    "It makes sense to want a yes here, after what that was like. I can't say yes from one side of it; the cards keep "
    "other explanations open."
)
"""What is said before the answer."""

_ASKING = re.compile(
    r"\bright ?\?|\bright$|\b(?:is|are|was|were)n'?t (?:s?he|it|that|they|i)\b|\bam i right\b|\b(?:do you |would you |you'?d )?agree\b"
    r"|\bconfirm\b|\bcorrect ?\?|\btell me (?:that )?(?:i|s?he|they|it)\b|\bsay (?:that )?i\b|\bdon'?t you think\b|\byes ?\?"
    r"|\bback me up\b|\bjust admit\b|\bvalidate me\b|\btell me i'?m\b|\bi'?m not wrong\b"
)
_VIEW = re.compile(
    r"\bresist\w*|\bmanipulat\w*|\b(?:too|over|so) ?-?sensitive|\boverreact\w*|\bdramatic\b|\bborderline\b|\bnarciss\w*|\blazy\b"
    r"|\b(?:being|just) (?:difficult|childish|mean|rude)|\battention\b|\bplaying games\b|\bl(?:ying|iar)\b|\bcrazy\b|\bnot ready\b"
    r"|\b(?:her|his|their) (?:own )?fault\b|\b(?:did|done) nothing wrong\b|\bno big deal\b|\bunreasonable\b|\bentitled\b|\bstubborn\b"
    r"|\bdidn'?t do anything\b|\bdeserv\w+|\bhopeless case\b|\bungrateful\b|\bthe problem\b|\bto blame\b|\bmade it a\b"
)


def wants_agreement(question: str) -> bool:
    """Tell whether a question asks for a yes to a view of the client, or to having done nothing wrong."""
    small = question.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip()
    return bool(_ASKING.search(small)) and bool(_VIEW.search(small))
