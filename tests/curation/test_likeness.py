"""What a draft says that is there already, in cards and in live answers of the same server."""

import dataclasses

import pytest

from bot.curation.likeness import Alike, Beside, Likeness, Shadow
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.errors import TryAgainLater
from bot.storage.curated import Answer, Content, Item
from bot.storage.store import Store
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus, Section
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import ANNA, BEN, SIGNED, HashEmbedder

_SERVER = 5
_MINE = Content(
    "Parking",
    (Item("Say early that the parking fee is the garage's."), Item("Then ask how that lands.")),
    ("who pays for parking at the garage",),
)


@pytest.fixture
def curation(store: Store, corpus: Corpus) -> Curation:
    """The use cases, with likeness by words and by a hash: only equal texts are near."""
    return Curation(store, Screen(FakePrivacyScreen()), likeness=_likeness(store, corpus))


def _likeness(store: Store, corpus: Corpus) -> Likeness:
    embedder = HashEmbedder()
    return Likeness(corpus, embedder, Shelf(store.published, embedder), store.supervisors)


async def _kept(curation: Curation, content: Content, server: int = _SERVER) -> Answer:
    return (await curation.new(server, ANNA, content)).answer


async def _approve(curation: Curation, content: Content, server: int = _SERVER) -> Answer:
    answer = await _kept(curation, content, server)
    await curation.submit(server, answer.id, ANNA)
    return await curation.approve(server, answer.id, BEN, revision=1, signature=SIGNED)


async def test_a_card_that_says_the_same_and_one_whose_ask_is_taken_are_named_unless_the_server_hides_them(
    curation: Curation, store: Store, corpus: Corpus
) -> None:
    card = corpus.cards[0]
    said, ask = card.section(Section.SUGGESTION)[0].text, max(card.head.asks, key=len)
    draft = Content("Mine", (Item(said), Item("Quite another thing, about parking.")), (f"{ask.upper()}?", "parking"))
    beside = await curation.beside(await _kept(curation, draft), draft)
    (alike,) = [one for one in beside.alike if one.title == card.head.title]
    assert (alike.name, alike.pairs[0]) == (None, (said, said))
    assert Shadow(f"{ask.upper()}?", card.head.title) in beside.shadows
    assert "parking" not in [one.ask for one in beside.shadows]

    await store.supervisors.mark_card(_SERVER, card.id, ANNA, "hidden")
    hidden = await curation.beside(await _kept(curation, draft), draft)
    titles = [*(one.title for one in hidden.alike), *(one.title for one in hidden.shadows)]
    assert card.head.title not in titles


async def test_a_live_answer_of_the_same_server_stands_beside_a_draft_and_nothing_beside_itself(
    curation: Curation,
) -> None:
    live = await _approve(curation, _MINE)
    await _approve(curation, dataclasses.replace(_MINE, title="Not ours"), server=6)
    await _kept(curation, dataclasses.replace(_MINE, title="Only a draft"))
    assert await curation.beside(live, _MINE) == Beside()

    again = Content("Garage", (_MINE.text[0], Item("Name the price.")), ("who pays for parking at the garage?",))
    beside = await curation.beside(await _kept(curation, again), again)
    point, ask = (_MINE.text[0].text,) * 2, (again.asks[0], _MINE.asks[0])
    assert beside == Beside((Alike("Parking", live.name, (point, ask)),))


async def test_other_words_for_the_same_advice_count_as_alike_by_their_meaning(
    store: Store, corpus: Corpus, embedder: MiniLmEmbedder
) -> None:
    likeness = Likeness(corpus, embedder, Shelf(store.published, embedder), store.supervisors)
    curation = Curation(store, Screen(FakePrivacyScreen()), likeness=likeness)
    live = await _approve(curation, _MINE)
    near = Content("Garage", (Item("Say early on that the parking fee belongs to the garage."),), ("parking costs",))
    far = Content("Silence", (Item("Let the silence last a little."),), ("she says nothing",))
    (alike,) = (await curation.beside(await _kept(curation, near), near)).alike
    assert alike.name == live.name
    assert live.name not in [one.name for one in (await curation.beside(await _kept(curation, far), far)).alike]


async def test_where_nothing_can_be_compared_nothing_stands_beside_and_nothing_fails(
    curation: Curation, store: Store, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await _kept(curation, _MINE)

    async def fail(_: int) -> None:
        raise TryAgainLater("the records cannot be reached", "try again in a minute")

    monkeypatch.setattr(store.supervisors, "card_marks", fail)
    assert await _likeness(store, corpus).beside(_SERVER, _MINE, answer.id) == Beside()
    assert await Curation(store, Screen(FakePrivacyScreen())).beside(answer, _MINE) == Beside()
