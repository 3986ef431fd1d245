"""What became of answers: their revisions with what each changed, and the files that hold them now."""

import difflib
import uuid
from dataclasses import dataclass

from bot.curation.files import render_answer
from bot.errors import FixInput
from bot.storage.curated import Answer, Content, Event, Revision, SecondView, Signature, State
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One revision in an answer's history, with what it changed against the one before it."""

    revision: Revision
    difference: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Everything that became of an answer."""

    answer: Answer
    steps: tuple[Step, ...]
    events: tuple[Event, ...]
    views: tuple[SecondView, ...]


async def read_history(store: Store, server: int, answer: uuid.UUID) -> History:
    """Return everything that became of an answer.

    Raises:
        FixInput: the server has no such answer.
        AssistantError: the database cannot be used.
    """
    found = await store.answers.find(server, answer)
    if found is None:
        raise FixInput("this server has no such answer", "look at the list of its answers")
    revisions = await store.answers.revisions(server, answer)
    by_number = {one.number: one.content for one in revisions}
    steps = tuple(Step(one, difference(found.name, by_number.get(one.base or 0), one.content)) for one in revisions)
    return History(found, steps, await store.answers.events(server, answer), await store.views.of(server, answer))


async def current_files(store: Store, server: int) -> tuple[tuple[str, str], ...]:
    """Return a server's answers as files, name and text, by name; those that were retired are left out.

    Raises:
        AssistantError: the database cannot be used.
    """
    rendered = []
    for answer, content in await store.answers.current(server):
        if answer.state is not State.RETIRED:
            signed = answer.signature if answer.live == answer.revision else None
            rendered.append((answer.name, render_answer(answer.name, content, _review(signed) if signed else None)))
    return tuple(rendered)


def difference(name: str, before: Content | None, after: Content | None) -> tuple[str, ...]:
    """Return what changed between two texts, as the lines of a unified diff without its two first lines."""
    old, new = ("" if one is None else render_answer(name, one) for one in (before, after))
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
    return tuple(lines)[2:]


def _review(signed: Signature) -> dict[str, object]:
    return {
        "role": signed.role,
        "licence": signed.licence,
        "jurisdiction": signed.jurisdiction,
        "date": signed.on,
    }
