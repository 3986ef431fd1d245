"""What every message holds, whatever a reply is made of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.render import MESSAGE_LIMIT, inert, messages
from bot.consult.outcome import Abstained, CrisisReferral, Outcome, OutOfScope, Unavailable, Withheld
from bot.consult.reply import Composer, Part, Reply, Role
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction, Removal
from knowledge.entry import Corpus
from knowledge.screens import load_safety_texts, regions
from tests.cogs.fakes import answered, reply

_LIVE = re.compile(
    r"@everyone|@here|<@[!&]?\d+>|<#\d+>|<a?:\w+:\d+>|</[^>]*:\d+>|<t:\d+|<id:|https?://|\]\(|discord\.gg/|\|\||~~|__|>>>|`",
    re.IGNORECASE,
)
_NASTY = st.sampled_from(
    [
        *(
            "@everyone",
            "@HERE",
            "<@1234>",
            "<@!1234>",
            "<@&1234>",
            "<#1234>",
            "</consult:1234>",
            "<:x:1234>",
            "<a:x:1>",
        ),
        *(
            "<t:1700000000:R>",
            "<id:browse>",
            "https://example.org",
            "[text](",
            "http://x)",
            "discord.gg/abc",
            "<mailto:a@b>",
        ),
        *(
            "`",
            "```",
            "```py\n",
            "``",
            "||",
            "|||",
            "~~",
            "__",
            "___",
            "**",
            "***",
            "****",
            "*",
            ">>> ",
            "\n>>> ",
            "\n# ",
            "-# ",
        ),
        *(
            "\\",
            "\n",
            "\n\n",
            " ",
            "   ",
            "\t",
            "\N{ZERO WIDTH SPACE}",
            "\N{COMBINING ACUTE ACCENT}",
            "\N{RIGHT-TO-LEFT OVERRIDE}",
        ),
        *("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", "\ud800", "\x00", "word ", "x" * 60),
    ]
)
_TEXTS = st.lists(_NASTY | st.text(max_size=30), max_size=40).map("".join) | st.text(max_size=400)
_CLOSES = st.lists(_NASTY | st.text(max_size=10), max_size=8).map(
    lambda pieces: "Next step: " + "".join(pieces) + "end"
)
_REPLIES = st.builds(
    Reply,
    st.lists(st.builds(Part, st.sampled_from(Role), _TEXTS), max_size=6).map(tuple),
    _CLOSES,
)
_LIMITS = st.sampled_from([MESSAGE_LIMIT, 700])


def _seen(text: str) -> str:
    """Return the text without whitespace and invisible letters, and with stars in one form."""
    starred = text.replace("\N{ASTERISK OPERATOR}", "*")
    return "".join(letter for letter in starred if letter.isprintable() and not letter.isspace())


@given(_REPLIES, _LIMITS)
def test_every_message_is_within_the_limit_and_has_something_to_see(made: Reply, limit: int) -> None:
    for content in messages(made, limit):
        assert len(content) <= limit
        assert content.strip("".join(letter for letter in set(content) if not letter.isprintable() or letter.isspace()))


@given(_REPLIES, _LIMITS)
def test_the_close_stands_whole_at_the_end_of_the_last_message(made: Reply, limit: int) -> None:
    assert messages(made, limit)[-1].endswith(inert(made.close))


@given(_REPLIES, _LIMITS)
def test_nothing_of_a_reply_is_lost_but_whitespace_where_it_is_cut(made: Reply, limit: int) -> None:
    whole = "".join(inert(text) for text in (*(part.text for part in made.parts), made.close))
    assert _seen("".join(messages(made, limit))) == _seen(whole)


@given(_REPLIES, _LIMITS)
def test_nothing_in_a_message_is_live_and_no_code_fence_is_open_before_the_close(made: Reply, limit: int) -> None:
    for content in messages(made, limit):
        assert _LIVE.search(content) is None


@given(_REPLIES, _LIMITS)
def test_no_bold_runs_on_from_one_line_into_the_next(made: Reply, limit: int) -> None:
    for content in messages(made, limit):
        assert all(line.count("**") % 2 == 0 for line in content.split("\n"))


@given(_TEXTS)
def test_making_a_text_inert_changes_nothing_but_what_would_be_live(text: str) -> None:
    alike = str.maketrans({"`": "\N{MODIFIER LETTER GRAVE ACCENT}"})
    sendable = text.encode("utf-8", "replace").decode("utf-8").translate(alike)
    assert _seen(inert(text)) == _seen(sendable)
    assert inert(inert(text)) == inert(text)


@given(_REPLIES)
def test_every_message_can_be_sent_as_utf_8(made: Reply) -> None:
    assert all(content.encode("utf-8") for content in messages(made))


def test_a_short_reply_is_one_message_in_the_order_of_its_parts() -> None:
    assert messages(reply("one", "two", close="three")) == ["one\n\ntwo\n\nthree"]


def test_parts_stay_whole_when_a_reply_needs_two_messages() -> None:
    assert messages(reply("a" * 50, "b" * 50, close="c" * 30), 90) == ["a" * 50, "b" * 50 + "\n\n" + "c" * 30]


def test_a_part_over_the_limit_is_cut_at_the_end_of_a_line_rather_than_within_one() -> None:
    first, second = messages(reply("1. one two three\n2. four five", close="end"), 22)
    assert first == "1. one two three"
    assert second == "2. four five\n\nend"


def test_a_word_over_the_limit_is_cut_anywhere() -> None:
    assert messages(reply("x" * 25, close="end"), 10) == ["x" * 10, "x" * 10, "xxxxx\n\nend"]


def test_two_pieces_share_a_message_only_where_the_blank_line_between_them_fits_too() -> None:
    assert messages(reply("a" * 49, close="c" * 49), 100) == ["a" * 49 + "\n\n" + "c" * 49]
    assert messages(reply("a" * 50, close="c" * 49), 100) == ["a" * 50, "c" * 49]


def test_bold_that_a_cut_parts_does_not_run_on_into_the_close() -> None:
    *_, last = messages(reply(f"**{'word ' * 500}**", close="**Bring to supervision:** this."))
    assert last.count("**") == 2


def test_a_part_of_blanks_makes_no_message() -> None:
    assert messages(reply(" " * 3000, "\N{ZERO WIDTH SPACE}", "\n\n", close="end")) == ["end"]


def test_a_close_over_the_limit_is_cut_like_any_text_and_ends_with_its_last_line() -> None:
    contents = messages(reply("text", close="q " * 1500 + "\n-# If anyone may be in danger now: 911."))
    assert all(0 < len(content) <= MESSAGE_LIMIT for content in contents)
    assert contents[-1].endswith("-# If anyone may be in danger now: 911.")


_OTHER = Alarm(Level.CRISIS, Danger.SUICIDE)
_SELF = Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)
_CAUTION = Alarm(Level.CAUTION)
_REDACTED = Redaction("q", (Removal("name", 2), Removal("date", 1)))


@pytest.mark.parametrize("region", regions())
@pytest.mark.parametrize("alarm", [_OTHER, _SELF])
def test_crisis_steps_stand_in_one_message_word_for_word(region: str, alarm: Alarm, corpus: Corpus) -> None:
    composed = Composer(corpus, load_safety_texts(region)).compose(CrisisReferral(alarm))
    assert messages(composed) == [composed.text]


def test_our_own_wording_is_sent_as_it_is(corpus: Corpus) -> None:
    composer = Composer(corpus, load_safety_texts("us"))
    outcomes: list[Outcome] = [
        answered(corpus),
        Withheld(_CAUTION),
        Unavailable("write", _CAUTION),
        Abstained(question=_REDACTED, alarm=_CAUTION, clarify=None),
        *(OutOfScope(question=_REDACTED, alarm=CALM, field=field) for field in Field),
    ]
    for outcome in outcomes:
        composed = composer.compose(outcome)
        assert messages(composed) == [composed.text]


def test_every_unit_of_the_shipped_cards_is_sent_as_it_is(corpus: Corpus) -> None:
    changed = [unit.id for unit in corpus.units.values() if inert(unit.text) != unit.text]
    assert changed == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@everyone look", "@\u200beveryone look"),
        ("<@&42> look", "<\u200b@&42> look"),
        ("https://example.org", "https:\u200b//example.org"),
        ("[here](x)", "[here]\u200b(x)"),
        ("I <3 this, 2 < 3, note [1] (a study)", "I <3 this, 2 < 3, note [1] (a study)"),
        ("f***ing", "f\N{ASTERISK OPERATOR}\N{ASTERISK OPERATOR}\N{ASTERISK OPERATOR}ing"),
        ("**Words to try:** so ** bold", "**Words to try:** so \N{ASTERISK OPERATOR}\N{ASTERISK OPERATOR} bold"),
    ],
)
def test_what_would_be_live_is_broken_and_the_rest_stays(typed: str, sent: str) -> None:
    assert inert(typed) == sent
