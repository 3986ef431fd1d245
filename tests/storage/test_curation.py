"""Curated answers and what belongs to them, on both databases."""

import asyncio
import dataclasses
import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.errors import FixInput
from bot.storage.answers import WIPED_TITLE, Entry
from bot.storage.curated import Answer, Change, Content, Item, Origin, Signature, State
from bot.storage.curators import CuratorErased
from bot.storage.published import Publication
from bot.storage.store import Store
from bot.storage.supervisors import Mark, Rules
from tests.storage.conftest import Clock

SERVER, OTHER = 1_100_000_000_000_000_001, 2**63 - 1
ANNA, BEN, ASKER = 11, 12, 900_000_000_000_000_007
SIGNED = Signature("clinical supervisor", "LPC-S", "Texas", date(2026, 11, 2))
WORDS = Content(
    "Late fees", (Item("Say the rule once.", ("practice",)),), ("who pays when they miss",), sources=("practice",)
)


async def _begin(store: Store, name: str = "late-fees", *, server: int = SERVER, person: int = ANNA) -> Answer:
    (taken,) = await store.answers.take_in(server, person, [Entry(name, WORDS)], origin=Origin.NEW)
    return taken.answer


def _approve(answer: Answer) -> Change:
    return Change(
        "approve", State.APPROVED, live=answer.revision, signature=SIGNED, approver=BEN, review_by=date(2027, 5, 1)
    )


def _retire(answer: Answer) -> Change:
    del answer
    return Change("retire", State.RETIRED, live=None)


def _edit(title: str) -> Callable[[Answer], Change]:
    return lambda now: Change("edit", State.DRAFT, now.live, content=dataclasses.replace(WORDS, title=title))


async def test_an_answer_comes_back_as_it_was_taken_in(store: Store) -> None:
    answer = await _begin(store)
    assert (answer.state, answer.revision, answer.live, answer.title) == (State.DRAFT, 1, None, "Late fees")
    assert await store.answers.find(SERVER, answer.id) == answer
    (revision,) = await store.answers.revisions(SERVER, answer.id)
    assert (revision.content, revision.author, revision.base) == (WORDS, ANNA, None)


async def test_no_method_sees_another_servers_answer(store: Store) -> None:
    answer = await _begin(store)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    assert await store.answers.find(OTHER, answer.id) is None
    assert await store.answers.revisions(OTHER, answer.id) == ()
    assert await store.answers.events(OTHER) == ()
    assert await store.answers.listed(OTHER) == ()
    assert await store.published.live(OTHER, [answer.id]) == {}
    assert await store.views.of(OTHER, answer.id) == ()
    for attempt in (
        store.answers.change(OTHER, answer.id, BEN, _retire),
        store.answers.wipe(OTHER, answer.id, 1, BEN, why="no"),
        store.views.add(OTHER, answer.id, BEN, about="view", text="x", signature=SIGNED),
    ):
        with pytest.raises(FixInput, match="no such answer"):
            await attempt


async def test_what_is_published_after_a_number_is_told_and_nothing_else(store: Store) -> None:
    assert await store.published.version(SERVER) == 0
    one, two = await _begin(store), await _begin(store, "another")
    first, told = await store.published.since(SERVER, 0)
    assert (first, told) == (await store.published.version(SERVER), ())

    await store.answers.change(SERVER, one.id, BEN, _approve)
    second, told = await store.published.since(SERVER, first)
    assert (second > first, told) == (True, (Publication(one.id, 1),))

    await store.answers.change(SERVER, two.id, ANNA, _edit("Other"))
    await store.answers.change(SERVER, one.id, BEN, _retire)
    assert (await store.published.since(SERVER, second))[1] == (Publication(one.id, None),)
    assert await store.published.live(SERVER, [one.id, two.id]) == {}


async def test_an_edit_leaves_the_live_words_until_the_next_approval(store: Store) -> None:
    answer = await _begin(store)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    edited = await store.answers.change(SERVER, answer.id, ANNA, _edit("New title"), why="clearer")
    assert (edited.state, edited.revision, edited.live, edited.title) == (State.DRAFT, 2, 1, "New title")
    live = await store.published.live(SERVER, [answer.id])
    assert live[answer.id].content == WORDS
    assert [event.action for event in await store.answers.events(SERVER, answer.id)] == ["begin", "approve", "edit"]


async def test_a_refusal_inside_a_change_keeps_nothing(store: Store) -> None:
    answer = await _begin(store)

    def refuse(now: Answer) -> Change:
        raise FixInput(f"{now.name} may not", "stop")

    with pytest.raises(FixInput, match="late-fees may not"):
        await store.answers.change(SERVER, answer.id, BEN, refuse)
    assert await store.answers.find(SERVER, answer.id) == answer


async def test_people_who_edit_at_once_all_keep_their_words(store: Store) -> None:
    answer = await _begin(store)
    await asyncio.gather(*(store.answers.change(SERVER, answer.id, n, _edit(f"Title {n}")) for n in range(20, 28)))
    revisions = await store.answers.revisions(SERVER, answer.id)
    assert [one.number for one in revisions] == list(range(1, 10))
    assert {one.content.title for one in revisions if one.content} == {
        "Late fees",
        *(f"Title {n}" for n in range(20, 28)),
    }


async def test_a_name_is_taken_once_in_a_server(store: Store) -> None:
    await _begin(store)
    await _begin(store, server=OTHER)
    with pytest.raises(FixInput, match="named late-fees already"):
        await _begin(store)


async def test_files_are_taken_in_whole_or_not_at_all(store: Store) -> None:
    await _begin(store, "third")
    entries = [Entry("first", WORDS), Entry("second", WORDS), Entry("third", dataclasses.replace(WORDS, title="x"))]
    with pytest.raises(FixInput):
        await store.answers.take_in(SERVER, ANNA, entries, origin=Origin.FILE)
    assert [answer.name for answer in await store.answers.listed(SERVER)] == ["third"]


async def test_wiped_words_are_gone_and_the_event_stays(store: Store) -> None:
    answer = await _begin(store)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    await store.answers.change(SERVER, answer.id, ANNA, _edit("Second"))
    back = await store.answers.wipe(SERVER, answer.id, 2, BEN, why="a detail")
    assert (back.state, back.revision, back.live, back.title) == (State.APPROVED, 1, 1, "Late fees")
    gone = await store.answers.wipe(SERVER, answer.id, 1, BEN, why="a detail")
    assert (gone.state, gone.live, gone.title) == (State.RETIRED, None, WIPED_TITLE)
    revisions = await store.answers.revisions(SERVER, answer.id)
    assert [(one.number, one.content) for one in revisions] == [(1, None), (2, None)]
    events = await store.answers.events(SERVER, answer.id)
    assert [(event.action, event.revision) for event in events][-2:] == [("redact", 2), ("redact", 1)]
    assert await store.published.live(SERVER, [answer.id]) == {}
    with pytest.raises(FixInput, match="no revision 9"):
        await store.answers.wipe(SERVER, answer.id, 9, BEN, why="x")


async def test_a_second_view_is_shown_once_another_has_approved_it(store: Store) -> None:
    answer = await _begin(store)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    view = await store.views.add(SERVER, answer.id, BEN, about="setting", text="In schools, ask.", signature=SIGNED)
    assert (await store.published.live(SERVER, [answer.id]))[answer.id].views == ()
    with pytest.raises(FixInput, match="own text"):
        await store.views.approve(SERVER, view.id, BEN)
    with pytest.raises(FixInput, match="no such second view"):
        await store.views.approve(OTHER, view.id, ANNA)
    shown = await store.views.approve(SERVER, view.id, ANNA)
    assert (await store.published.live(SERVER, [answer.id]))[answer.id].views == (shown,)
    await store.views.wipe(SERVER, view.id, ANNA)
    assert (await store.published.live(SERVER, [answer.id]))[answer.id].views == ()


async def test_rules_signatures_marks_and_owners_are_each_servers_own(store: Store, clock: Clock) -> None:
    assert await store.supervisors.rules(SERVER) == Rules(own_approval=False, review_days=180)
    await store.supervisors.set_rules(SERVER, ANNA, Rules(own_approval=True, review_days=30))
    assert await store.supervisors.rules(SERVER) == Rules(own_approval=True, review_days=30)
    assert await store.supervisors.rules(OTHER) == Rules()
    with pytest.raises(FixInput):
        await store.supervisors.set_rules(SERVER, ANNA, Rules(review_days=0))

    await store.supervisors.sign_as(SERVER, ANNA, role=" clinical  supervisor", licence="LPC-S", jurisdiction="Texas")
    assert await store.supervisors.signature(SERVER, ANNA, SIGNED.on) == SIGNED
    assert await store.supervisors.signature(OTHER, ANNA, SIGNED.on) is None
    with pytest.raises(FixInput):
        await store.supervisors.sign_as(SERVER, ANNA, role=" ", licence="LPC-S", jurisdiction="Texas")

    await store.supervisors.mark_card(SERVER, "humor", ANNA, "hidden")
    await store.supervisors.mark_card(SERVER, "humility", ANNA, "verified", SIGNED)
    today = clock.now.date()
    signed = dataclasses.replace(SIGNED, on=today)
    marks = {"humility": Mark("verified", today, signed), "humor": Mark("hidden", today)}
    assert await store.supervisors.card_marks(SERVER) == marks
    await store.supervisors.mark_card(SERVER, "humility", ANNA, None)
    assert await store.supervisors.card_marks(SERVER) == {"humor": Mark("hidden", today)}
    assert await store.supervisors.card_marks(OTHER) == {}

    await store.supervisors.own_topic(SERVER, "humility", ANNA, BEN)
    await store.supervisors.own_topic(SERVER, "humility", BEN, BEN)
    assert await store.supervisors.topic_owners(SERVER) == {"humility": BEN}
    await store.supervisors.own_topic(SERVER, "humility", None, ANNA)
    assert await store.supervisors.topic_owners(SERVER) == {}

    done = [(event.person, event.action, event.why) for event in await store.answers.events(SERVER)]
    assert done == [
        (ANNA, "rules", "own approval allowed, review after 30 days"),
        (ANNA, "card hidden", "humor"),
        (ANNA, "card verified", "humility"),
        (ANNA, "card unmarked", "humility"),
        (BEN, "topic owner", "humility"),
        (BEN, "topic owner", "humility"),
        (ANNA, "no topic owner", "humility"),
    ]


async def test_what_was_done_is_read_backwards_and_by_person(store: Store) -> None:
    for number, person in enumerate((ANNA, BEN, ANNA)):
        await store.supervisors.mark_card(SERVER, f"card-{number}", person, "hidden")
    last = await store.answers.events(SERVER, limit=2)
    assert [event.why for event in last] == ["card-1", "card-2"]
    assert [event.why for event in await store.answers.events(SERVER, before=last[0].number)] == ["card-0"]
    assert [event.why for event in await store.answers.events(SERVER, person=ANNA)] == ["card-0", "card-2"]


async def test_a_second_view_stands_beside_a_live_answer_and_waits_where_it_is_found(store: Store) -> None:
    answer = await _begin(store)
    with pytest.raises(FixInput, match="nobody gets this answer yet"):
        await store.views.add(SERVER, answer.id, BEN, about="view", text="x", signature=SIGNED)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    view = await store.views.add(SERVER, answer.id, BEN, about="view", text="Wait.", signature=SIGNED)
    assert await store.views.waiting(SERVER) == (view,)
    assert await store.views.waiting(OTHER) == ()
    assert await store.views.find(SERVER, view.id) == view
    assert await store.views.find(OTHER, view.id) is None
    await store.views.approve(SERVER, view.id, ANNA)
    assert await store.views.waiting(SERVER) == ()


async def test_a_question_waits_is_answered_once_and_its_asker_told(store: Store, clock: Clock) -> None:
    old = await store.escalations.ask(SERVER, ASKER, "How do I ask?", anonymous=True, tell="here", channel=5)
    clock.advance(hours=1)
    new = await store.escalations.ask(SERVER, ASKER, "And then?", anonymous=False, tell="direct", channel=None)
    assert [one.id for one in await store.escalations.waiting(SERVER)] == [old.id, new.id]
    assert await store.escalations.waiting(OTHER) == ()
    await store.escalations.posted(SERVER, old.id, 77)

    answered = await store.escalations.answer(SERVER, old.id, BEN, "Ask plainly.")
    assert (answered.message, answered.reply, answered.answered_by) == (77, "Ask plainly.", BEN)
    with pytest.raises(FixInput, match="answered already"):
        await store.escalations.answer(SERVER, old.id, ANNA, "Or not.")
    with pytest.raises(FixInput, match="no such question"):
        await store.escalations.answer(OTHER, new.id, ANNA, "x")
    assert [one.id for one in await store.escalations.untold()] == [old.id]
    await store.escalations.told(SERVER, old.id)
    assert await store.escalations.untold() == ()
    draft = uuid.uuid4()
    await store.escalations.made_draft(SERVER, old.id, draft)
    with pytest.raises(FixInput, match="already"):
        await store.escalations.made_draft(SERVER, old.id, uuid.uuid4())
    found = await store.escalations.find(SERVER, old.id)
    assert found is not None
    assert found.answer == draft

    clock.advance(days=90)
    assert await store.escalations.expire() == 1
    assert [one.id for one in await store.escalations.waiting(SERVER)] == [new.id]


async def test_who_is_forgotten_leaves_approved_answers_under_a_former_member(store: Store) -> None:
    kept, draft, shared = await _begin(store), await _begin(store, "draft"), await _begin(store, "shared")
    await store.answers.change(SERVER, kept.id, BEN, _approve)
    await store.answers.change(SERVER, shared.id, BEN, _edit("By another"))
    await store.views.add(SERVER, kept.id, ANNA, about="view", text="Mine.", signature=SIGNED)
    await store.supervisors.sign_as(SERVER, ANNA, role="supervisor", licence="LPC", jurisdiction="Texas")
    await store.escalations.ask(SERVER, ANNA, "How?", anonymous=True, tell="here", channel=5)
    exported = json.dumps((await store.people.export(ANNA)).portable())
    assert "Say the rule once." in exported
    assert "How?" in exported

    erased = (await store.people.forget(ANNA)).curation

    assert erased == CuratorErased(drafts=1, kept=2, questions=1)
    assert await store.answers.find(SERVER, draft.id) is None
    answer = await store.answers.find(SERVER, kept.id)
    assert answer is not None
    assert (answer.author, answer.live) == (None, 1)
    assert [one.author for one in await store.answers.revisions(SERVER, shared.id)] == [None, BEN]
    assert await store.views.of(SERVER, kept.id) == ()
    assert await store.escalations.waiting(SERVER) == ()
    left = await store.people.export(ANNA)
    assert json.dumps(left.portable()["curation"]).count("[]") == 6


async def test_a_server_that_is_forgotten_leaves_nothing_and_never_repeats_a_number(store: Store, clock: Clock) -> None:
    answer = await _begin(store)
    other = await _begin(store, server=OTHER)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    before = await store.published.version(SERVER)
    await store.servers.forget(SERVER)
    assert await store.published.version(SERVER) == 0
    assert await store.answers.events(SERVER) == ()
    assert await store.answers.find(OTHER, other.id) == other
    clock.advance(days=1)
    await _begin(store)
    assert await store.published.version(SERVER) > before


async def test_what_has_to_be_looked_at_again_is_found(store: Store, clock: Clock) -> None:
    answer = await _begin(store)
    await store.answers.change(SERVER, answer.id, BEN, _approve)
    today = clock.now.date()
    assert await store.answers.overdue(today) == ()
    later = date(2027, 5, 1) + timedelta(days=1)
    assert [one.id for one in await store.answers.overdue(later)] == [answer.id]
    assert [one.id for one in await store.answers.listed(SERVER, due_by=later)] == [answer.id]
    assert await store.answers.listed(SERVER, due_by=today) == ()
    assert sorted(await store.published.versions()) == [SERVER]
    assert (await store.published.pulse())[0] == 1
