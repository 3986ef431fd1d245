"""One ranking of cards and a server's own answers."""

import dataclasses
from datetime import date

import pytest

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Answered
from bot.consult.pipeline import Consultant
from bot.consult.references import References, badges
from bot.curation.cards import CuratedCard, with_curated
from bot.curation.ranking import CuratedRanking, card_of, merge
from bot.curation.review import verified
from bot.curation.service import Curation
from bot.curation.shelf import Near, Shelf
from bot.safety.verdicts import CALM
from bot.storage.curated import Content, Item, Live, SecondView
from bot.storage.store import Store
from bot.storage.supervisors import Mark
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.retrieval import Found, Retrieved
from tests.consult.fakes import (
    FakeCrisisScreen,
    FakeLanguageScreen,
    FakePrivacyScreen,
    FakeScopeScreen,
)
from tests.curation.fakes import ANNA, BEN, SIGNED, words
from tests.storage.conftest import Clock

TODAY = date(2026, 11, 23)
SERVER = 5


@pytest.fixture
def found(corpus: Corpus) -> Retrieved:
    """Four cards, the best one as near as a middling question's."""
    scores = ((11.0, 0.50), (7.0, 0.42), (5.0, 0.38), (3.0, 0.34))
    cards = corpus.cards[:4]
    return Retrieved(
        tuple(Found(card, s, n, 3.0, 3.0, 0.4) for card, (s, n) in zip(cards, scores, strict=True)), {"x#s1": 0.1}
    )


@pytest.fixture
async def live(curation: Curation, store: Store) -> Live:
    """An approved answer."""
    content = dataclasses.replace(words("fees"), sources=("practice", "Hawkins & Shohet 2012"))
    kept = await curation.new(SERVER, ANNA, content)
    await curation.submit(SERVER, kept.answer.id, ANNA)
    await curation.approve(SERVER, kept.answer.id, BEN, revision=1, signature=SIGNED)
    return (await store.published.live(SERVER, [kept.answer.id]))[kept.answer.id]


def _ids(retrieved: Retrieved) -> list[str]:
    return [one.card.id for one in retrieved.found]


async def test_a_nearer_answer_comes_first_a_farther_one_later_and_one_far_off_not_at_all(
    live: Live, found: Retrieved, corpus: Corpus
) -> None:
    def ranked(nearness: float) -> list[str]:
        return _ids(merge(found, [Near(live, nearness, {"s1": nearness})], corpus, marks={}, today=TODAY))

    core = _ids(found)
    assert ranked(0.80) == ["our-fees", *core]
    assert ranked(0.52) == [core[0], "our-fees", *core[1:]]
    assert ranked(0.36) == [*core, "our-fees"]
    assert ranked(0.30) == core


async def test_an_overdue_answer_ranks_lower_and_its_badge_says_so(
    live: Live, found: Retrieved, corpus: Corpus
) -> None:
    late = date(2028, 1, 1)
    on_time = merge(found, [Near(live, 0.6, {})], corpus, marks={}, today=TODAY)
    overdue = merge(found, [Near(live, 0.6, {})], corpus, marks={}, today=late)
    assert _ids(on_time)[0] == "our-fees"
    assert _ids(overdue)[0] != "our-fees"
    (card,) = [one.card for one in overdue.found if isinstance(one.card, CuratedCard)]
    assert card.badge == (
        "General guidance reviewed by clinical supervisor, LPC-S, Texas, 2026-11-02, review overdue. "
        "Not supervision of your case."
    )


async def test_a_hidden_card_is_left_out_and_a_verified_one_gains(found: Retrieved, corpus: Corpus) -> None:
    core = _ids(found)
    assert _ids(merge(found, [], corpus, marks={core[0]: Mark("hidden", TODAY)}, today=TODAY)) == core[1:]
    close = dataclasses.replace(found.found[1], score=10.9)
    near = Retrieved((found.found[0], close, *found.found[2:]), {})
    ranked = merge(near, [], corpus, marks={core[1]: Mark("verified", TODAY, SIGNED)}, today=TODAY)
    assert _ids(ranked)[:2] == [core[1], core[0]]
    card = ranked.found[0].card
    said = "Verified by this server's supervisors: clinical supervisor, LPC-S, Texas, 2026-11-23."
    assert badges([card, ranked.found[1].card]) == [f"-# **{card.head.title}:** {said}"]
    extended = with_curated(corpus, [one.card for one in ranked.found])
    assert len(extended.cards) == len(corpus.cards)
    assert badges([extended.by_id[card.id]]) == badges([card])
    assert References(extended).line([card]) == References(corpus).line([corpus.by_id[card.id]])
    assert verified(Mark("verified", TODAY)) == "Verified by this server's supervisors, 2026-11-23."


async def test_units_and_sources_of_an_answer_resolve_in_the_corpus_made_with_it(
    live: Live, found: Retrieved, corpus: Corpus
) -> None:
    ranked = merge(found, [Near(live, 0.9, {"s1": 0.8, "a1": 0.9})], corpus, marks={}, today=TODAY)
    assert ranked.unit_nearness == {"x#s1": 0.1, "our-fees#s1": 0.8}
    card = ranked.found[0].card
    assert card.primary_topic == found.found[0].card.primary_topic
    extended = with_curated(corpus, [one.card for one in ranked.found])
    for unit in card.units:
        assert extended.units[unit.id] == unit
        assert all(citation.source in extended.sources for citation in unit.citations)
    assert extended.sources[card.units[0].citations[1].source].custom.label == "Hawkins & Shohet 2012"
    assert str(card.head.review) == "clinical supervisor, LPC-S, Texas, 2026-11-02"
    assert with_curated(corpus, corpus.cards) is corpus
    assert References(extended).line([card]) == "-# "
    (badge,) = badges([card, corpus.cards[0]])
    assert badge.startswith("-# **fees:** General guidance reviewed by clinical supervisor, LPC-S, Texas, 2026-11-02.")


async def test_marks_name_the_source_of_one_item_and_a_second_view_is_shown(live: Live, corpus: Corpus) -> None:
    content = Content(
        "t", (Item("a", ("2",)), Item("b", ("practice@Bordin",)), Item("c")), ("q",), sources=("practice", "A book")
    )
    view = SecondView(live.answer.id, live.answer.id, BEN, "setting", "In schools, ask.", SIGNED, None)
    plain = SecondView(live.answer.id, live.answer.id, BEN, "view", "I would wait.", SIGNED, None)
    card = card_of(Live(live.answer, content, (view, plain)), corpus, today=TODAY, topic="humility")
    own = card.sources[0].id
    assert [[citation.source for citation in unit.citations] for unit in card.units] == [
        [own],
        ["practice"],
        ["practice", own],
    ]
    assert card.units[1].citations[0].voice == "Bordin"
    signed = "clinical supervisor, LPC-S, Texas, 2026-11-02"
    assert card.views == (f"Caveat (setting) by {signed}: In schools, ask.", f"Second view by {signed}: I would wait.")
    bare = card_of(Live(live.answer, words("t")), corpus, today=TODAY, topic="humility")
    assert bare.sources[0].custom.label == "this group's supervisors"


class _Retriever:
    def __init__(self, found: Retrieved) -> None:
        self._found = found

    def retrieve(self, question: str) -> Retrieved:
        del question
        return self._found


async def test_a_question_in_a_server_is_answered_from_its_own_answers_and_elsewhere_is_not(
    live: Live, store: Store, found: Retrieved, corpus: Corpus, embedder: MiniLmEmbedder, clock: Clock
) -> None:
    question = "what about fees when they have missed the hour again"
    near = Retrieved(found.found, {}, embedder.embed(["what about fees"])[0])
    ranking = CuratedRanking(Shelf(store.published, embedder), store.supervisors, corpus, clock=clock)
    assert live.answer.server == SERVER
    consultant = Consultant(
        crisis=FakeCrisisScreen(CALM),
        language=FakeLanguageScreen(None),
        privacy=FakePrivacyScreen(),
        scope=FakeScopeScreen(None),
        retriever=_Retriever(near),
        writer=BuiltInWriter(),
        own_answers=ranking,
    )
    here = (await consultant.answer(question, server=SERVER)).outcome
    there = (await consultant.answer(question, server=6)).outcome
    direct = (await consultant.answer(question)).outcome
    assert isinstance(here, Answered)
    assert here.passages[0].card.id == "our-fees"
    for outcome in (there, direct):
        assert all(passage.card.id != "our-fees" for passage in getattr(outcome, "passages", ()))
    await store.database.close()
    broken = Consultant(
        crisis=FakeCrisisScreen(CALM),
        language=FakeLanguageScreen(None),
        privacy=FakePrivacyScreen(),
        scope=FakeScopeScreen(None),
        retriever=_Retriever(near),
        writer=BuiltInWriter(),
        own_answers=_Broken(),
    )
    assert (await broken.answer(question, server=SERVER)).outcome == direct


class _Broken:
    async def rank(self, server: int, retrieved: Retrieved) -> Retrieved:
        raise RuntimeError(f"{server}: {len(retrieved.found)} found")
