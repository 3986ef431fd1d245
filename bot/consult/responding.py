"""What an answer says to a reflection: what was named, and the cards' own words on it; nothing is read into it."""

from collections.abc import Iterator

from bot.consult.feelings import Feeling
from bot.consult.outcome import Statement
from bot.consult.reading import Marker, Reading
from bot.consult.references import one_line
from bot.consult.reflection import Reflection
from bot.consult.share import Told
from knowledge.entry import Corpus

HEADING = "**On what you reflected**"

_UNREAD = (
    "I left it unread: I could not be sure that every identifying detail was out of it, or it was too long. The rest "
    "answers your question alone."
)
_FEELINGS = {
    Feeling.ATTRACTION: "reading-your-own-reactions#c2",
    Feeling.RAGE: "reading-your-own-reactions#c2",
    Feeling.FEAR: "countertransference#c2",
    Feeling.PULL: "reading-your-own-reactions#r3",
    Feeling.SHAME: "counselor-shame#r2",
    Feeling.DEFENSIVE: "noticing-your-own-defensiveness#r1",
    Feeling.ANGER: "countertransference#r1",
    Feeling.LEFT: "countertransference#r3",
    Feeling.NUMB: "reading-your-own-reactions#c3",
    Feeling.UNEASE: "reading-your-own-reactions#r1",
}
_FELT = 'You wrote "{word}". It may tell something of what is between you, or be yours from elsewhere.'
_MARKERS = {
    Marker.WITHDRAWAL: "withdrawal-pulling-away#r1",
    Marker.CONFRONTATION: "confrontation-moving-against#r1",
}
_SIGN = 'In what you think happened stands "{sign}".'
_CLIENT_ALONE = (
    "As you tell it, all of it lies with the client. It may look so from your chair, and your own share may be missing "
    "from it: what did you do, or leave out, in the minute before?"
)
_SELF_ALONE = (
    "As you tell it, all of it lies with you. The other person may be missing, and what passed between you: what may "
    "it have been like from their side?"
)
_TRAIT = "why-we-miss-it#c2"
_NO_TRAIT = "what-counts-as-a-rupture#s1"
_NOT_ALL_BLAME = "therapist-responsibility#r4"
_AS_IT_STANDS = "I put no name to it. It is a good beginning for supervision as it stands:"
_BEGINNING = "bring-rupture-to-supervision#r2"


def response(reflection: Reflection | None, read: Reading, corpus: Corpus) -> tuple[Statement, ...]:
    """Return what is said to a reflection, each with the unit that it rests on; nothing where nobody reflected.

    Args:
        reflection: what was reflected.
        read: what the answer itself says of a marker, which is not said twice.
        corpus: the cards.
    """
    if reflection is None:
        return ()
    if reflection.unread:
        return (Statement(_UNREAD, ()),)
    said = list(_points(reflection, read)) or [(_AS_IT_STANDS, _BEGINNING)]
    return tuple(Statement(f"{says} {one_line(corpus.units[unit].text)}", (unit,)) for says, unit in said)


def grounds(reflection: Reflection | None, read: Reading, corpus: Corpus) -> tuple[str, ...]:
    """Return the ids of the units that the response rests on, in order."""
    return tuple(cite for statement in response(reflection, read, corpus) for cite in statement.cites)


def _points(reflection: Reflection, read: Reading) -> Iterator[tuple[str, str]]:
    """Yield what is said and the unit behind it: the feeling, the marker, and whose share is missing."""
    if reflection.feeling:
        yield _FELT.format(word=one_line(reflection.feeling.word)), _FEELINGS[reflection.feeling.feeling]
    marker = reflection.rupture.marker
    if marker in _MARKERS and reflection.rupture.signs and not read.signs:
        yield _SIGN.format(sign=one_line(reflection.rupture.signs[0])), _MARKERS[marker]
    if reflection.told is Told.CLIENT:
        yield _CLIENT_ALONE, _TRAIT if reflection.trait else _NO_TRAIT
    elif reflection.told is Told.SELF:
        yield _SELF_ALONE, _NOT_ALL_BLAME
