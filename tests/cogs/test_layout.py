"""Messages in Components V2: whatever they are made of, within Discord's limits, inert, the close last."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.layout import TEXT_LIMIT, layouts, notice, pages, quoted, rows
from bot.cogs.render import inert
from bot.cogs.router import LONGEST_ID, button, custom_id
from bot.consult.outcome import Outcome
from bot.consult.reply import Composer, Reply
from knowledge.screens import load_safety_texts, regions
from tests.cogs.fakes import reply
from tests.cogs.shown import components_of, texts_in, walk
from tests.cogs.test_render import _LIVE, _REPLIES, _TEXTS
from tests.consult.outcomes import CORPUS, OUTCOMES

_MOST_CHARACTERS = 4000
_MOST_COMPONENTS = 40
_MOST_BUTTONS = 15

_COMPOSERS = [Composer(CORPUS, load_safety_texts(region)) for region in sorted(regions())]


def _buttons(number: int) -> list[discord.ui.Button[Any]]:
    return [button("Press", "sources", f"{place:032x}") for place in range(number)]


def _holds_to_the_limits(views: Iterable[discord.ui.LayoutView]) -> list[list[Mapping[str, Any]]]:
    """Check each message against what Discord takes, and return their components."""
    messages = []
    for view in views:
        components = components_of(view)
        parts = list(walk(components))
        texts = texts_in(components)
        assert 0 < len(parts) <= _MOST_COMPONENTS
        assert sum(map(len, texts)) <= _MOST_CHARACTERS
        assert all(text.strip() for text in texts)
        assert all(text.encode() for text in texts)
        assert all(len(part.get("custom_id", "")) <= LONGEST_ID for part in parts)
        messages.append(components)
    return messages


@given(_REPLIES, st.integers(0, _MOST_BUTTONS))
@settings(deadline=None)
def test_any_reply_is_within_the_limits_inert_and_ends_with_its_close(made: Reply, number: int) -> None:
    messages = _holds_to_the_limits(layouts(made, _buttons(number)))
    assert all(_LIVE.search(text) is None for components in messages for text in texts_in(components))
    assert texts_in(messages[-1])[-1] == inert(made.close)
    assert sum("custom_id" in part for components in messages for part in walk(components)) == number
    assert sum("custom_id" in part for part in walk(messages[-1])) == number


@given(st.sampled_from(_COMPOSERS), OUTCOMES)
@settings(deadline=None)
def test_any_outcome_is_within_the_limits_inert_and_ends_with_its_close(composer: Composer, outcome: Outcome) -> None:
    made = composer.compose(outcome)
    messages = _holds_to_the_limits(layouts(made, _buttons(8)))
    said = [text for components in messages for text in texts_in(components)]
    assert all(_LIVE.search(text) is None for text in said)
    assert inert(made.close).endswith(said[-1])


@given(st.lists(_TEXTS.map(lambda text: f"x{text}"), min_size=1, max_size=60), st.integers(0, _MOST_BUTTONS))
@settings(deadline=None)
def test_any_texts_of_ours_are_within_the_limits_and_the_last_stays_last(texts: list[str], number: int) -> None:
    sendable = [inert(text) for text in texts]
    messages = _holds_to_the_limits(pages([*sendable, "the close"], _buttons(number)))
    assert texts_in(messages[-1])[-1].endswith("the close")


@given(_TEXTS)
def test_a_quotation_is_inert_and_every_line_of_it_is_quoted(text: str) -> None:
    assert all(line.startswith("> ") for line in quoted(text).split("\n"))
    assert _LIVE.search(quoted(text)) is None


def test_a_reply_of_many_parts_keeps_their_order() -> None:
    made = reply(*(f"part {number}." for number in range(40)), close="the close")
    (view,) = layouts(made)
    said = "\n\n".join(texts_in(components_of(view)))
    assert said == "\n\n".join([*(f"part {number}." for number in range(40)), "the close"])


def test_a_close_over_the_limit_ends_with_its_last_line() -> None:
    views = layouts(reply("text", close="q " * 3000 + "\n-# If anyone may be in danger now: 911."))
    messages = _holds_to_the_limits(views)
    assert texts_in(messages[-1])[-1].endswith("-# If anyone may be in danger now: 911.")


def test_more_buttons_than_fit_are_refused_before_discord_does() -> None:
    assert len(rows(_buttons(_MOST_BUTTONS))) == 3
    with pytest.raises(ValueError, match="too many buttons"):
        rows(_buttons(_MOST_BUTTONS + 1))


def test_a_notice_that_is_too_long_is_refused_before_discord_does() -> None:
    assert texts_in(components_of(notice("x" * TEXT_LIMIT))) == ["x" * TEXT_LIMIT]
    with pytest.raises(ValueError, match="too long for one message"):
        notice("x" * TEXT_LIMIT, "y")


def test_a_custom_id_is_refused_where_discord_would() -> None:
    assert len(custom_id("a", "x" * (LONGEST_ID - 5))) == LONGEST_ID
    with pytest.raises(ValueError, match="too long"):
        custom_id("a", "x" * (LONGEST_ID - 4))


async def test_discord_py_keeps_no_view_that_was_sent() -> None:
    views = [*layouts(reply("text"), _buttons(3)), *pages(["text"]), notice("text")]
    assert all(view.is_finished() for view in views)
