"""What messages say to the bot: mentions, quotations, code, emoji."""

from functools import cache
from typing import Any
from unittest.mock import create_autospec

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.incoming import addresses, is_personal, only_quotes, words_of

_ME = 42


@cache
def _blank() -> tuple[Any, Any]:
    """A message and a user; making them takes long, so each test writes into the same ones."""
    return create_autospec(discord.Message, instance=True), create_autospec(discord.User, instance=True)


def _message(content: str, **more: object) -> discord.Message:
    message, user = _blank()
    user.id = _ME
    written: dict[str, object] = {
        "content": content,
        "mentions": [user],
        "type": discord.MessageType.default,
        "webhook_id": None,
    }
    for name, value in {**written, **more}.items():
        setattr(message, name, value)
    message.author.bot = message.author.system = False
    found: discord.Message = message
    return found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<@42> she is quiet", "she is quiet"),
        ("she <@!42>  is quiet <@42>", "she is quiet"),
        ("<@42>", ""),
        ("<@42>\nfirst\n\nsecond", "first\n\nsecond"),
        ("so <:sad:123456789012345678> and <a:party:1>", "so :sad: and :party:"),
        ("<@43> said so", "<@43> said so"),
    ],
)
def test_words_are_what_stands_beside_the_mention(content: str, words: str) -> None:
    assert words_of(_message(content), _ME) == words


@pytest.mark.parametrize(
    ("content", "is_addressed"),
    [
        ("<@42> hello", True),
        ("a reply with a ping", True),
        ("`<@42>`", False),
        ("```\n<@42>\n```", False),
        ("`<@42>` is how; <@42> hello", True),
    ],
)
def test_a_mention_in_code_is_none(content: str, is_addressed: bool) -> None:  # noqa: FBT001  # given by pytest
    assert addresses(_message(content), _ME) is is_addressed


@pytest.mark.parametrize(
    ("content", "is_quoted"),
    [
        ("> <@42> hello\nindeed", True),
        (">>> one\n<@42> hello", True),
        ("> <@42> hello\n<@42> and me?", False),
        ("<@42> they said\n> so", False),
        ("a reply with a ping", False),
    ],
)
def test_a_mention_in_a_quotation_is_anothers(content: str, is_quoted: bool) -> None:  # noqa: FBT001  # given by pytest
    assert only_quotes(_message(content), _ME) is is_quoted


@pytest.mark.parametrize(
    "more",
    [
        {"type": discord.MessageType.new_member},
        {"type": discord.MessageType.thread_created},
        {"type": discord.MessageType.pins_add},
        {"webhook_id": 7},
    ],
)
def test_notices_of_discord_and_webhooks_are_nobodys(more: dict[str, object]) -> None:
    assert not is_personal(_message("<@42> hello", **more))


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    message = _message(text)

    assert "<@42>" not in words_of(message, _ME)
    assert isinstance(addresses(message, _ME), bool)
    assert isinstance(only_quotes(message, _ME), bool)
