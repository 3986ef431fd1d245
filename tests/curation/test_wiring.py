"""The program as it is put together: a server's own answers reach its members with their badge, and nobody else."""

import asyncio
import dataclasses
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import app
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.exchange import Asker, Exchange
from bot.consult.pipeline import Consultant
from bot.consult.sources import passages_behind
from bot.curation.cards import with_curated
from bot.curation.ranking import CuratedRanking
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.note.sections import Section, note_from
from bot.opening import open_desk
from bot.safety.verdicts import CALM
from bot.settings import Settings
from bot.storage.consents import WriterChoice
from bot.storage.curated import Content, Item
from bot.storage.engine import Database
from bot.storage.store import Store, store_on
from knowledge.entry import Corpus
from knowledge.retrieval import Found, Retrieved
from tests.consult.fakes import FakeCrisisScreen, FakeLanguageScreen, FakePrivacyScreen, FakeScopeScreen
from tests.curation.fakes import ANNA, BEN, SIGNED, HashEmbedder

_SERVER = 5
_QUESTION = "my client keeps asking about the parking fee after each session and i get annoyed, what do i do"
_ANSWER = Content(
    title="Talk about the parking fee",
    text=(Item("Say once, early in the session, that the parking fee is the garage's and not yours."),),
    asks=(_QUESTION,),
    sources=("House rules, 2026 edition",),
)
_BADGE = "General guidance reviewed by clinical supervisor, LPC-S, Texas, 2026-11-02. Not supervision of your case."


async def _approve(curation: Curation, store: Store) -> None:
    kept = await curation.new(_SERVER, ANNA, _ANSWER)
    await curation.submit(_SERVER, kept.answer.id, ANNA)
    await curation.approve(_SERVER, kept.answer.id, BEN, revision=1, signature=SIGNED)
    view = await curation.views.add(
        _SERVER, kept.answer.id, ANNA, about="setting", text="In a hospital, ask the desk.", signature=SIGNED
    )
    await store.views.approve(_SERVER, view.id, BEN)


async def test_an_approved_answer_is_the_next_ones_reply_with_badge_and_second_view_in_its_server_alone(
    services: app.Services, tmp_path: Path, corpus: Corpus
) -> None:
    ours = dataclasses.replace(services, settings=services.settings.model_copy(update={"data_dir": tmp_path}))
    async with open_desk(ours) as (desk, store, curation):
        here, there = Asker(1, _SERVER, 9), Asker(1, 6, 9)
        for asker in (here, there):
            await desk.consent(asker, WriterChoice.ANY)
        await _approve(curation, store)

        exchange = await desk.ask(here, _QUESTION)
        assert isinstance(exchange, Exchange)
        assert any(unit.startswith("our-talk-about-the-parking-fee#") for unit in exchange.units)
        assert f"-# **Talk about the parking fee:** {_BADGE}" in exchange.reply.text
        assert "> Caveat (setting) by clinical supervisor, LPC-S, Texas, 2026-11-02: In" in exchange.reply.text
        assert "House rules, 2026 edition" in exchange.reply.text
        assert exchange.reply.text.endswith(exchange.reply.close)

        extended = with_curated(corpus, exchange.cards)
        assert any(_BADGE in passage for passage in passages_behind(extended, exchange.units))
        assert any("which I no longer have before me" in passage for passage in passages_behind(corpus, exchange.units))
        note = note_from(exchange.outcome, corpus, date(2026, 11, 23))
        assert "Talk about the parking fee" in note.text(Section.PASSAGES)
        row = await store.consultations.find(exchange.id)
        assert row is not None
        assert row.units == exchange.units

        elsewhere = await desk.ask(there, _QUESTION)
        assert isinstance(elsewhere, Exchange)
        assert "garage" not in elsewhere.reply.text
        assert not any(unit.startswith("our-") for unit in elsewhere.units)
        assert "General guidance reviewed" not in elsewhere.reply.text


@pytest.fixture
def kept(migrated_file: Path, tmp_path: Path) -> Iterator[tuple[asyncio.Runner, Store]]:
    """A store in which one server has an answer, with the loop that it lives in."""
    shutil.copy(migrated_file, tmp_path)
    with asyncio.Runner() as runner:
        database = Database.of(Settings(data_dir=tmp_path))
        store = store_on(runner.run(database.__aenter__()))
        runner.run(_approve(Curation(store, Screen(FakePrivacyScreen())), store))
        yield runner, store
        runner.run(database.__aexit__(None, None, None))


_EMBEDDER = HashEmbedder()
_NEAREST = _EMBEDDER.embed([_QUESTION])[0]
"""As near to the server's answer as can be."""


class _Retriever:
    def __init__(self, found: Retrieved) -> None:
        self._found = found

    def retrieve(self, question: str) -> Retrieved:
        del question
        return self._found


@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_server_without_answers_of_its_own_gets_exactly_what_it_got_before(
    kept: tuple[asyncio.Runner, Store], corpus: Corpus, data: st.DataObject
) -> None:
    runner, store = kept
    server = data.draw(st.none() | st.integers(1, 2**63 - 1).filter(lambda one: one != _SERVER))
    places = data.draw(st.lists(st.integers(0, len(corpus.cards) - 1), max_size=6, unique=True))
    scores = sorted(data.draw(st.lists(st.floats(0, 20), min_size=len(places), max_size=len(places))), reverse=True)
    found = tuple(
        Found(corpus.cards[place], score, score / 20, 3.0, 3.0, 0.4)
        for place, score in zip(places, scores, strict=True)
    )
    before = Consultant(
        crisis=FakeCrisisScreen(CALM),
        language=FakeLanguageScreen(None),
        privacy=FakePrivacyScreen(),
        scope=FakeScopeScreen(None),
        retriever=_Retriever(Retrieved(found, {}, _NEAREST)),
        writer=BuiltInWriter(),
    )
    after = before.with_own_answers(CuratedRanking(Shelf(store.published, _EMBEDDER), store.supervisors, corpus))
    assert runner.run(after.answer(_QUESTION, server=server)).outcome == runner.run(before.answer(_QUESTION)).outcome


def test_the_answer_is_so_near_that_its_own_server_would_get_it(
    kept: tuple[asyncio.Runner, Store], corpus: Corpus
) -> None:
    runner, store = kept
    ranking = CuratedRanking(Shelf(store.published, _EMBEDDER), store.supervisors, corpus)
    ranked = runner.run(ranking.rank(_SERVER, Retrieved((), {}, _NEAREST)))
    assert [found.card.id for found in ranked.found] == ["our-talk-about-the-parking-fee"]
