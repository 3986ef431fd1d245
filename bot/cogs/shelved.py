"""Curated answers and their histories as supervisors read them, in texts in which nothing is live."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import discord

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut
from bot.cogs.layout import pages, quoted
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press
from bot.consult.desk import Desk
from bot.curation.history import History
from bot.curation.likeness import Beside
from bot.curation.service import FORMER_MEMBER
from bot.errors import FixInput
from bot.storage.curated import Answer, Content, Item, SecondView
from bot.storage.store import Store

_REMOVED = (
    "I took out {kinds}. What is typed in Discord, Discord has received. Before approval, a placeholder has to "
    "give way to general words."
)
_VIEW = {True: "**Second view or caveat**", False: "**Second view or caveat, not approved yet**"}
_LONGEST_CHANGE = 1200
_SAME = (
    "**{where} says nearly the same.** Whoever asks may get either. Change one, retire one, or leave both if they "
    "are for different situations."
)
_MORE = "-# and {count} more"
_SHADOWED = (
    "**Questions of the library's cards are among its own.** Whoever asks one may get this answer in the card's place:"
)
_MOST_BESIDE, _MOST_PAIRS = 3, 2


async def begin(press: Press, store: Store) -> int:
    """Acknowledge a press, and return the server whose supervisor pressed.

    Raises:
        FixInput: they are none.
        AssistantError: the database cannot be used.
    """
    await press.interaction.response.defer(ephemeral=True, thinking=True)
    return await require_supervisor(press.interaction, store)


async def read(store: Store, server: int, answer: uuid.UUID) -> tuple[Answer, Content]:
    """Return an answer and its current words.

    Raises:
        FixInput: the server has no such answer, or its words were wiped.
        AssistantError: the database cannot be used.
    """
    found = await store.answers.find(server, answer)
    if found is None:
        raise FixInput("this server has no such answer", "look at the list of its answers")
    revisions = await store.answers.revisions(server, answer, [found.revision])
    if not revisions or revisions[0].content is None:
        raise FixInput("the words of this answer were taken away", "look at its history")
    return found, revisions[0].content


async def named(store: Store, server: int, name: str) -> Answer:
    """Return a server's answer by its name.

    Raises:
        FixInput: the server has no such answer.
        AssistantError: the database cannot be used.
    """
    for one in await store.answers.listed(server):
        if one.name == name.strip():
            return one
    raise FixInput("this server has no answer of that name", "choose one from the list")


async def show(
    desk: Desk, interaction: discord.Interaction[Any], texts: Sequence[str], buttons: Sequence[Button] = ()
) -> None:
    """Show the person of a deferred interaction some texts, the close last."""
    close = await desk.close_for(asker_of(interaction))
    out = PrivateOut(interaction)
    for view in pages([text for text in (*texts, close) if text], buttons):
        await out.put(view)


def former(person: int | None) -> str:
    """Return a person as a mention, which pings nobody; who was forgotten is "a former member"."""
    return f"<@{person}>" if person else FORMER_MEMBER


def on_topic(topic: str | None, owners: Mapping[str, int]) -> str:
    """Return a topic with who owns it, as a mention, which pings nobody."""
    owner = owners.get(topic or "")
    return f"{topic or 'no topic'}" + (f" (<@{owner}>'s topic)" if owner else "")


def removed_line(removed: Iterable[tuple[str, int]]) -> str:
    """Return what was taken out of a text, empty where nothing was."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in removed)
    return _REMOVED.format(kinds=kinds) if kinds else ""


def shown_answer(answer: Answer, content: Content) -> list[str]:
    """Return an answer, each part a paragraph."""
    parts = (
        ("When to use it", content.when_to_use),
        ("To consider", content.text),
        ("Words to try", content.wording),
        ("Watch for", content.caution),
    )
    lists = [
        ("Questions that it answers", content.asks),
        ("Sources", content.sources),
        ("Ask yourself", [content.reflect] if content.reflect else []),
        ("Bring to supervision", [content.supervision] if content.supervision else []),
    ]
    lists = [*((title, [_words(item) for item in items]) for title, items in parts), *lists]
    head = f"**{inert(content.title)}**\n-# `{answer.name}`, {answer.state.value}, revision {answer.revision}"
    return [head, *(_listed(title, texts) for title, texts in lists if texts)]


async def remark_on(store: Store, answer: Answer) -> str:
    """Return why the current revision was made, as a paragraph; empty where nobody said.

    Raises:
        AssistantError: the database cannot be used.
    """
    revisions = await store.answers.revisions(answer.server, answer.id, [answer.revision])
    return f"**Remark:** {inert(revisions[0].why)}" if revisions and revisions[0].why else ""


def beside_texts(beside: Beside) -> list[str]:
    """Return what stands beside a draft, each a paragraph; none of it stops anybody."""
    texts = []
    for one in beside.alike[:_MOST_BESIDE]:
        where = f"The live answer *{inert(one.title)}* (`{one.name}`)" if one.name else f"The card *{inert(one.title)}*"
        pairs = [f"Here:\n{quoted(mine)}\nThere:\n{quoted(theirs)}" for mine, theirs in one.pairs[:_MOST_PAIRS]]
        more = len(one.pairs) - _MOST_PAIRS
        texts.append("\n".join([_SAME.format(where=where), *pairs, *([_MORE.format(count=more)] if more > 0 else [])]))
    shadowed = [f"- *{inert(one.title)}*:\n{quoted(one.ask)}" for one in beside.shadows[:_MOST_BESIDE]]
    return [*texts, *(["\n".join([_SHADOWED, *shadowed])] if shadowed else [])]


def history_texts(history: History) -> list[str]:
    """Return what became of an answer: its revisions with what each changed, then who did what."""
    answer = history.answer
    live = f"revision {answer.live} is live" if answer.live else "none is live"
    texts = [
        f"**{inert(answer.title)}**\n-# `{answer.name}`, {answer.state.value}, at revision {answer.revision}; {live}"
    ]
    for step in history.steps:
        revision = step.revision
        why = f": {inert(revision.why)}" if revision.why else ""
        head = f"**Revision {revision.number}** by {former(revision.author)}, {revision.made_at:%Y-%m-%d}{why}"
        head += f"\n-# From a message of {former(revision.credit)}" if revision.credit else ""
        gone = "\n*Its words were taken away.*" if revision.content is None else ""
        changed = inert("\n".join(f"> {line}" for line in step.difference))[:_LONGEST_CHANGE]
        texts.append("\n".join(part for part in (head + gone, changed) if part))
    texts += [
        f"{_VIEW[view.approved_at is not None]} by {former(view.person)}\n{_view(view)}" for view in history.views
    ]
    events = [
        f"- {event.at:%Y-%m-%d %H:%M} {event.action} ({event.revision or '-'}) by "
        + (former(event.person) + (f": {inert(event.why)}" if event.why else ""))
        for event in history.events
    ]
    return [*texts, "\n".join(["**What was done**", *events])]


def _view(view: SecondView) -> str:
    return quoted(view.text) if view.text is not None else "*Its words were taken away.*"


def _words(item: Item) -> str:
    return f"{item.text} ({', '.join(item.cites)})" if item.cites else item.text


def _listed(title: str, texts: Iterable[str]) -> str:
    return "\n".join([f"**{title}**", *(f"- {inert(text)}" for text in texts)])
