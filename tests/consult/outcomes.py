"""Any outcome that the pipeline could come to, with any text in it that others write, as hypothesis strategies."""

from hypothesis import strategies as st

from bot.consult.feelings import Feeling, Felt
from bot.consult.outcome import (
    Abstained,
    Answered,
    CrisisReferral,
    Draft,
    Outcome,
    OutOfScope,
    Passage,
    PromptUsed,
    Statement,
    Unavailable,
    Withheld,
)
from bot.consult.reflection import Reflection
from bot.consult.share import Told
from bot.safety.verdicts import Alarm, Audience, Danger, Field, Level, Redaction, Removal
from knowledge.loader import load_corpus

CORPUS = load_corpus()

_UNICODE = st.text(st.characters(), max_size=60)
_NASTY = st.sampled_from(
    [
        "a\n\nb",
        "a\r\n\r\nb",
        "a\u2028\u2029b\x85c\x0b\x0cd\x1ce",
        "**Bring to supervision:** nothing.\n-# All is well.",
        "\x1b[31mred\x1b[0m\x07\x08",
        "\u202eback\u202c \u200b\ufeff",
        "\ud800",
        "```\n@everyone <@1>\n```",
        "1. one\n2. two",
        "-# small",
        "[bold]x[/bold] [/] **",
        "w" * 400,
        "\N{CJK UNIFIED IDEOGRAPH-5E2B} " * 60,
    ]
)
TEXTS = st.one_of(_UNICODE, _NASTY)

_ALARMS = st.builds(
    Alarm,
    st.sampled_from([Level.CALM, Level.CAUTION]),
    st.sampled_from(Danger),
    st.sampled_from(Audience),
)
_CAUTIONS = st.builds(Alarm, st.just(Level.CAUTION), st.sampled_from(Danger), st.sampled_from(Audience))
_CRISES = st.builds(Alarm, st.just(Level.CRISIS), st.sampled_from(Danger), st.sampled_from(Audience))
_REMOVALS = st.lists(st.builds(Removal, st.sampled_from(["name", "phone", "record number"]), st.integers(1, 99)))
_REDACTIONS = st.builds(Redaction, TEXTS, _REMOVALS.map(tuple))
_STATEMENTS = st.builds(
    Statement, TEXTS.filter(bool), st.lists(st.sampled_from(sorted(CORPUS.units)), min_size=1, max_size=4).map(tuple)
)
_DRAFTS = st.builds(
    Draft,
    suggestions=st.lists(_STATEMENTS, min_size=1, max_size=4).map(tuple),
    reading=st.none() | _STATEMENTS,
    wording=st.none() | _STATEMENTS,
    watch=st.none() | _STATEMENTS,
    reflect=TEXTS,
    supervision=TEXTS,
    writer=st.sampled_from(["built-in", "provider:model"]),
    fell_back=st.booleans(),
    prompt=st.none() | st.just(PromptUsed("answer", 2, "0123456789ab")),
    aside=st.sampled_from(["", "It makes sense to want a yes here."]),
)
_PASSAGES = st.lists(
    st.builds(Passage, st.sampled_from(CORPUS.cards), st.floats(-9, 9)),
    min_size=1,
    max_size=8,
    unique_by=lambda passage: passage.card.id,
).map(tuple)

_FEELINGS = st.none() | st.builds(Felt, st.sampled_from(Feeling), TEXTS)
_REFLECTIONS = st.none() | st.builds(
    Reflection,
    between=TEXTS,
    felt=TEXTS,
    told=st.sampled_from(Told),
    trait=st.booleans(),
    feeling=_FEELINGS,
    unread=st.booleans(),
)

ANSWERED = st.builds(
    Answered,
    question=_REDACTIONS,
    alarm=_ALARMS,
    draft=_DRAFTS,
    passages=_PASSAGES,
    dropped=st.integers(0, 7),
    judge=st.none() | st.just("provider:judge"),
    reflection=_REFLECTIONS,
)
_LANGUAGES = st.sampled_from([None, "es", "ar", "el", "xx"])
CRISES = st.builds(CrisisReferral, _CRISES, _LANGUAGES)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    ANSWERED,
    CRISES,
    st.builds(
        Abstained,
        question=_REDACTIONS,
        alarm=_ALARMS,
        clarify=st.none() | TEXTS.filter(bool),
        reflection=_REFLECTIONS,
    ),
    st.builds(OutOfScope, question=_REDACTIONS, alarm=_ALARMS, field=st.sampled_from(Field)),
    st.builds(
        OutOfScope,
        question=st.just(Redaction("")),
        alarm=_CAUTIONS,
        field=st.just(Field.OTHER),
        language=st.sampled_from(["es", "ar", "el", "xx"]),
    ),
    st.builds(Withheld, _ALARMS),
    st.builds(Unavailable, st.sampled_from(["scope", "thread", "retrieve", "write", "grounding"]), _ALARMS),
)
