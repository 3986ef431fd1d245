"""The desk: danger before everything, then the notice, the limits, the answer and its row."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.consult.desk import ConsentFirst, Desk, Wait
from bot.consult.exchange import Asker, Exchange
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice
from bot.consult.outcome import Abstained, CrisisReferral, Outcome, OutOfScope, Withheld
from bot.consult.reflection import Typed
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.opening import open_desk
from bot.safety.verdicts import CALM, Alarm, Danger, Field, Level, Redaction
from bot.settings import Settings
from bot.storage.consents import WriterChoice
from bot.storage.servers import CrisisReview
from bot.storage.store import Store, open_store
from knowledge.entry import Corpus, Review
from knowledge.errors import FixCorpus
from knowledge.screens import load_safety_texts
from tests.cogs.fakes import FakeConsultant, answered

_ASKER = Asker(person=11, server=22, place=33)
_ABSTAINED = Abstained(question=Redaction("q"), alarm=CALM, clarify=None)
_CRISIS = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
_REVIEW = CrisisReview("us", "clinical supervisor", "LPC-S", "Texas", date(2026, 11, 1))


class Composers:
    """The real composers, which remember for whom they were asked."""

    def __init__(self, corpus: Corpus) -> None:
        self.asked: list[tuple[str | None, Review | None]] = []
        self.notice: str | None = None
        self._corpus = corpus

    def __call__(self, region: str | None, review: Review | None) -> Composer:
        self.asked.append((region, review))
        return Composer(self._corpus, load_safety_texts(region or "us", review), self.notice)


class Counter:
    """A desk over a real store, and what stands behind it."""

    def __init__(self, store: Store, corpus: Corpus) -> None:
        self.store = store
        self.composers = Composers(corpus)
        self.consultant = FakeConsultant()
        self.desk = self.open()

    def open(
        self, *outcomes: Outcome | Exception, model: ModelNotice | None = None, person: int = 100, region: str = "us"
    ) -> Desk:
        """Return a desk whose consultant answers so."""
        self.consultant = FakeConsultant(*outcomes)
        self.desk = Desk(
            consultant=self.consultant,
            composers=self.composers,
            store=self.store,
            limits=Limits(person=person, server=100),
            model=model or ModelNotice(),
            region=region,
        )
        return self.desk

    async def agree(self, asker: Asker = _ASKER, writer: WriterChoice = WriterChoice.ANY) -> None:
        """Let somebody have seen the notice."""
        await self.desk.consent(asker, writer)

    async def ask(self, question: str = "q", asker: Asker = _ASKER) -> Exchange:
        """Ask what is answered."""
        handled = await self.desk.ask(asker, question)
        assert isinstance(handled, Exchange)
        return handled

    async def rows(self, person: int = _ASKER.person) -> int:
        """Return how many rows are kept of a person."""
        return len((await self.store.people.export(person)).consultations)


@pytest.fixture
async def counter(tmp_path: Path, corpus: Corpus, migrated_file: Path) -> AsyncIterator[Counter]:
    shutil.copy(migrated_file, tmp_path)
    async with open_store(Settings(data_dir=tmp_path)) as store:
        yield Counter(store, corpus)


class _Dead:
    """A repository whose database cannot be reached, or does not answer."""

    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        async def fail(*_: object, **__: object) -> None:
            if self._hangs:
                await asyncio.sleep(60)
            raise TryAgainLater("the database cannot be reached", "wait")

        return fail


def _kill(counter: Counter, monkeypatch: pytest.MonkeyPatch, *, hangs: bool, only: str = "") -> None:
    if not only:  # what still works is given its time
        monkeypatch.setattr("bot.consult.desk._SECONDS_TO_LOOK_UP", 0.05)
    monkeypatch.setattr("bot.consult.desk._SECONDS_OF_PATIENCE", 0.1)
    dead = _Dead(hangs=hangs)
    names = [only] if only else ["servers", "people", "consents", "consultations"]
    parts = {name: getattr(counter.store, name) for name in Store.__dataclass_fields__}
    monkeypatch.setattr(counter.desk, "_store", Store(**{**parts, **dict.fromkeys(names, dead)}))


async def test_nothing_but_danger_is_read_before_the_notice_was_seen(counter: Counter) -> None:
    desk = counter.open()
    handled = await desk.ask(_ASKER, "she went quiet")
    assert isinstance(handled, ConsentFirst)
    assert not handled.model
    assert counter.consultant.questions == []
    assert counter.consultant.read_for_danger == ["she went quiet"]
    assert desk.conversations.turns(_ASKER) == ()


async def test_danger_is_answered_before_the_notice_and_leaves_no_row(counter: Counter) -> None:
    counter.open()
    exchange = await counter.ask("there is danger")
    assert exchange.outcome == _CRISIS
    assert await counter.rows() == 0
    assert counter.desk.conversations.turns(_ASKER) == ("there is danger",)


async def test_the_notice_tells_the_days_that_the_server_keeps_rows(counter: Counter) -> None:
    await counter.store.servers.change(22, retention_days=7)
    handled = await counter.open().ask(_ASKER, "q")
    assert isinstance(handled, ConsentFirst)
    assert "Kept for 7 days" in handled.notice


async def test_a_notice_that_changed_is_shown_again(counter: Counter) -> None:
    counter.open()
    await counter.agree()
    handled = await counter.open(model=ModelNotice(configured=True)).ask(_ASKER, "q")
    assert isinstance(handled, ConsentFirst)
    assert handled.model


async def test_consent_in_one_server_is_none_in_another(counter: Counter) -> None:
    counter.open()
    await counter.agree()
    for other in (Asker(11, 23, 33), Asker(11, None, 33), Asker(12, 22, 33)):
        assert isinstance(await counter.desk.ask(other, "q"), ConsentFirst)


async def test_too_many_questions_wait_and_danger_does_not(counter: Counter) -> None:
    counter.open(_ABSTAINED, person=1)
    await counter.agree()
    await counter.ask()
    assert isinstance(await counter.desk.ask(_ASKER, "q"), Wait)
    assert (await counter.ask("there is danger")).outcome == _CRISIS
    assert counter.consultant.questions == ["q"]
    assert await counter.rows() == 2


@pytest.mark.parametrize("hangs", [False, True])
async def test_danger_is_answered_over_a_dead_database_and_the_rest_says_so(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    counter.open()
    _kill(counter, monkeypatch, hangs=hangs)
    exchange = await counter.ask("there is danger")
    assert exchange.outcome == _CRISIS
    assert "911" in exchange.reply.text
    with pytest.raises(TryAgainLater):
        await counter.desk.ask(_ASKER, "she went quiet")
    found = await counter.desk.danger(_ASKER, "there is danger")
    assert found is not None
    assert await counter.desk.plain(11) is False
    assert "911" in await counter.desk.close_for(_ASKER)


class _Slow:
    """A repository that is asked by many at once."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        async def late(*words: Any, **more: Any) -> Any:  # noqa: ANN401
            await asyncio.sleep(0.2)
            return await getattr(self._real, name)(*words, **more)

        return late


async def test_who_stands_in_line_for_the_records_is_answered_and_danger_does_not_stand_there(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.open(_ABSTAINED)
    await counter.agree()
    parts = {name: getattr(counter.store, name) for name in Store.__dataclass_fields__}
    monkeypatch.setattr(counter.desk, "_store", Store(**{**parts, "consents": _Slow(counter.store.consents)}))
    monkeypatch.setattr("bot.consult.desk._SECONDS_TO_LOOK_UP", 0.05)

    assert (await counter.ask("there is danger")).outcome == _CRISIS
    assert await counter.rows() == 0
    assert (await counter.ask()).outcome == _ABSTAINED
    assert await counter.rows() == 1


@pytest.mark.parametrize("hangs", [False, True])
async def test_an_answer_comes_though_its_row_cannot_be_kept(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    counter.open(_ABSTAINED)
    await counter.agree()
    _kill(counter, monkeypatch, hangs=hangs, only="consultations")
    assert (await counter.ask()).outcome == _ABSTAINED


async def test_an_answer_comes_though_its_row_would_be_refused(counter: Counter, corpus: Corpus) -> None:
    outcome = answered(corpus)
    bad = type(outcome.draft)(**{**_fields(outcome.draft), "writer": "a writer with blanks"})
    counter.open(type(outcome)(**{**_fields(outcome), "draft": bad}))
    await counter.agree()
    assert (await counter.ask()).reply.close
    assert await counter.rows() == 0


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


async def test_a_row_holds_what_it_came_to_and_no_word(counter: Counter, corpus: Corpus) -> None:
    outcome = answered(corpus)
    counter.open(outcome)
    await counter.agree()
    exchange = await counter.ask("Quillfeather went quiet")
    row = await counter.store.consultations.find(exchange.id)
    assert row is not None
    assert (row.outcome, row.units, row.cards) == ("answered", exchange.units, (outcome.passages[0].card.id,))
    assert row.topic == outcome.passages[0].card.primary_topic
    assert (row.person, row.server, row.writer) == (11, 22, "fake")
    assert "Quillfeather" not in repr(await counter.store.people.export(11))


@pytest.mark.parametrize("name", ["answered", "abstained", "withheld", "crisis"])
async def test_every_outcome_leaves_a_row_with_consent(counter: Counter, corpus: Corpus, name: str) -> None:
    outcomes: dict[str, Outcome] = {
        "answered": answered(corpus),
        "abstained": _ABSTAINED,
        "withheld": Withheld(CALM),
        "crisis": _CRISIS,
    }
    counter.open(outcomes[name])
    await counter.agree()
    row = await counter.store.consultations.find((await counter.ask()).id)
    assert row is not None
    assert row.outcome == name


@pytest.mark.parametrize(
    ("person", "server", "program", "printed"),
    [
        ("neutral", "us", "us", "neutral"),
        (None, "neutral", "us", "neutral"),
        (None, None, "neutral", "neutral"),
        ("us", "neutral", "neutral", "us"),
        ("atlantis", "neutral", "us", "us"),
        (None, "atlantis", "us", "us"),
    ],
)
async def test_the_persons_region_comes_before_the_servers_and_that_before_the_programs(
    counter: Counter, person: str | None, server: str | None, program: str, printed: str
) -> None:
    await counter.store.people.choose_region(11, person)
    await counter.store.servers.change(22, region=server)
    counter.open(_CRISIS, region=program)
    await counter.agree()
    exchange = await counter.ask()
    assert exchange.region == printed
    assert ("911" in exchange.reply.text) is (printed == "us")
    assert ("911" in await counter.desk.close_for(_ASKER)) is (printed == "us")


def test_a_region_whose_file_is_gone_falls_back_for_steps_and_close_too(corpus: Corpus) -> None:
    def only_ours(region: str | None, review: Review | None) -> Composer:
        if region not in {None, "us"}:
            raise FixCorpus("gone", "mend")
        return Composer(corpus, load_safety_texts("us", review))

    desk = Desk(
        consultant=FakeConsultant(),
        composers=only_ours,
        store=None,  # type: ignore[arg-type]  # not looked at
        limits=Limits(person=1, server=1),
        model=ModelNotice(),
        region="us",
    )
    assert "911" in desk.close("atlantis")
    assert "911" in desk.steps(_CRISIS, "atlantis").text


async def test_who_has_reviewed_the_crisis_texts_for_the_server_is_printed(counter: Counter) -> None:
    await counter.store.servers.change(22, crisis_review=_REVIEW)
    counter.open(_CRISIS, _CRISIS)
    await counter.agree()
    assert "LPC-S" in (await counter.ask()).reply.text
    await counter.store.people.choose_region(11, "neutral")
    assert "LPC-S" not in (await counter.ask()).reply.text


@pytest.mark.parametrize(("role", "licence"), [("x" * 100, "LPC-S"), ("supervisor", "none"), ("supervisor", "1")])
async def test_a_review_that_does_not_count_costs_nobody_their_steps(counter: Counter, role: str, licence: str) -> None:
    review = CrisisReview("us", role, licence, "Texas", date(2026, 11, 1))
    await counter.store.servers.change(22, crisis_review=review)
    counter.open()
    exchange = await counter.ask("there is danger")
    assert "911" in exchange.reply.text
    assert "Texas" not in exchange.reply.text


@pytest.mark.parametrize(("writer", "models"), [(WriterChoice.ANY, True), (WriterChoice.BUILT_IN, False)])
async def test_whoever_chose_the_built_in_writer_is_read_by_no_model(
    counter: Counter, writer: WriterChoice, *, models: bool
) -> None:
    counter.open(_ABSTAINED, model=ModelNotice(configured=True))
    await counter.agree(writer=writer)
    await counter.ask()
    assert counter.consultant.models == [models]


@pytest.mark.parametrize("kind", ["answered", "abstained", "out of scope"])
async def test_whoever_chose_the_built_in_writer_is_told_so_and_nothing_of_the_model(
    counter: Counter, corpus: Corpus, kind: str
) -> None:
    outside = OutOfScope(question=Redaction("q"), alarm=CALM, field=Field.MEDICATION)
    outcomes: dict[str, Outcome] = {"answered": answered(corpus), "abstained": _ABSTAINED, "out of scope": outside}
    outcome = outcomes[kind]
    counter.composers.notice = "Acme keeps nothing."
    counter.open(outcome, outcome, model=ModelNotice(configured=True, words="Acme keeps nothing."))
    await counter.agree()
    assert "Acme keeps nothing." in (await counter.ask()).reply.text

    await counter.agree(writer=WriterChoice.BUILT_IN)
    said = (await counter.ask()).reply.text

    assert "Acme" not in said
    assert "-# From the built-in writer: no language model read this question." in said


async def test_where_there_is_no_model_nobody_is_told_that_they_chose_to_do_without(counter: Counter) -> None:
    counter.open(_ABSTAINED)
    await counter.agree(writer=WriterChoice.BUILT_IN)

    assert "built-in writer" not in (await counter.ask()).reply.text


async def test_a_conversation_is_one_persons_in_one_place(counter: Counter) -> None:
    counter.open(*[_ABSTAINED] * 4)
    others = [Asker(11, 22, 34), Asker(12, 22, 33)]
    for asker in (_ASKER, *others):
        await counter.agree(asker)
    await counter.ask("one")
    await counter.ask("two")
    for asker in others:
        await counter.ask("three", asker)
    assert counter.consultant.threads == [(), ("q",), (), ()]


async def test_stages_are_told_to_whoever_watches(counter: Counter) -> None:
    counter.open(_ABSTAINED)
    await counter.agree()
    told: list[str] = []
    await counter.desk.ask(_ASKER, "q", watch=told.append)
    assert told == ["write"]


async def test_whoever_wants_plain_text_is_known(counter: Counter) -> None:
    counter.open(_ABSTAINED)
    await counter.agree()
    await counter.store.people.choose_plain(11, plain=True)
    assert (await counter.ask()).plain
    assert await counter.desk.plain(11)
    assert not await counter.desk.plain(12)


async def test_a_text_without_danger_is_left_alone_and_not_remembered(counter: Counter) -> None:
    desk = counter.open()
    assert await desk.danger(_ASKER, "all is calm") is None
    assert desk.conversations.turns(_ASKER) == ()
    found = await desk.danger(_ASKER, "there is danger")
    assert found is not None
    assert desk.conversations.find(found.id) is found


async def test_the_desk_of_the_program_answers_and_keeps_a_row(services: app.Services, tmp_path: Path) -> None:
    ours = app.Services(
        settings=services.settings.model_copy(update={"data_dir": tmp_path}),
        corpus=services.corpus,
        retriever=services.retriever,
        consultant=services.consultant,
        embedder=services.embedder,
        privacy=services.privacy,
        sync=services.sync,
    )
    async with open_desk(ours) as (desk, store, _):
        assert isinstance(await desk.ask(_ASKER, "she just says fine since i cut her off last week"), ConsentFirst)
        await desk.consent(_ASKER, WriterChoice.ANY)
        exchange = await desk.ask(_ASKER, "she just says fine and changes the subject since i cut her off last week")
        assert isinstance(exchange, Exchange)
        assert exchange.units
        row = await store.consultations.find(exchange.id)
        assert row is not None
        assert row.units == exchange.units
        assert await store.consultations.find(uuid.uuid4()) is None


async def test_who_wants_to_reflect_first_is_known_once_they_have_seen_the_notice(counter: Counter) -> None:
    desk = counter.open()
    assert not await desk.reflects_first(_ASKER, wanted=True)
    await counter.agree()
    assert await desk.reflects_first(_ASKER, wanted=True)
    assert not await desk.reflects_first(_ASKER)
    await counter.store.people.choose_reflect(_ASKER.person, reflect=True)
    assert await desk.reflects_first(_ASKER)
    assert not await desk.reflects_first(_ASKER, wanted=False)


@pytest.mark.parametrize("hangs", [False, True])
async def test_nobody_is_asked_to_reflect_while_the_records_cannot_be_reached(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    await counter.agree()
    monkeypatch.setattr("bot.consult.desk._SECONDS_FOR_A_WISH", 0.05)
    _kill(counter, monkeypatch, hangs=hangs)
    assert not await counter.desk.reflects_first(_ASKER, wanted=True)


async def test_danger_in_a_reflection_is_answered_before_the_notice_and_stays_in_the_thread(counter: Counter) -> None:
    desk = counter.open()
    handled = await desk.ask(_ASKER, "q", reflection=Typed(felt="there is danger"))
    assert isinstance(handled, Exchange)
    assert handled.outcome == _CRISIS
    assert desk.conversations.turns(_ASKER) == ("q\nthere is danger",)
