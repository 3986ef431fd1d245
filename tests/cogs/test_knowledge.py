"""`/knowledge` in a simulated Discord: danger first, identifiers out, cards with their close."""

import time

import pytest

from bot.consult.library import Library
from bot.consult.reply import Composer
from bot.safety.verdicts import Redaction, Removal
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, library_of
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import refused
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of
from tests.consult.fakes import FakePrivacyScreen, FakeRetriever, found


async def test_a_search_shows_the_nearest_cards_and_one_opens_with_its_close(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        result = await room.counselor.slash(room.channel, "knowledge search", term="she went quiet")
        (text,) = shown_to_one(result)
        assert f"1. {corpus.cards[0].head.title}\n2. {corpus.cards[1].head.title}" in text
        assert text.endswith(composer.close())

        opened = await room.counselor.select(last_of(result), [corpus.cards[1].id], custom_id="sa:card")
        text = "\n\n".join(shown_to_one(opened))
        assert text.startswith(f"**{corpus.cards[1].head.title}**")
        assert "Not yet clinician-reviewed" in text
        assert text.endswith(composer.close())


async def test_a_list_that_was_shown_before_a_restart_still_opens_cards(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        result = await room.counselor.slash(room.channel, "knowledge search", term="quiet")
        await room.restart(FakeConsultant(), composer)

        opened = await room.counselor.select(last_of(result), [corpus.cards[0].id], custom_id="sa:card")

        assert shown_to_one(opened)[0].startswith(f"**{corpus.cards[0].head.title}**")


async def test_danger_in_a_search_term_is_answered_with_the_steps_and_not_searched_for(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    journal: list[tuple[str, str]] = []
    library = Library(
        corpus=corpus,
        retriever=FakeRetriever(found(*corpus.cards[:2]), journal=journal),
        privacy=FakePrivacyScreen(journal=journal),
    )
    consultant = FakeConsultant()
    async with enter_room(consultant, composer, library=library) as room:
        for command, option in (("search", "term"), ("card", "title")):
            result = await room.counselor.slash(room.channel, f"knowledge {command}", **{option: "danger tonight"})
            (text,) = shown_to_one(result)
            assert "911" in text
        assert consultant.read_for_danger == ["danger tonight", "danger tonight"]
        assert journal == []


async def test_identifiers_are_taken_out_before_the_search_and_their_kinds_told(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    journal: list[tuple[str, str]] = []
    library = Library(
        corpus=corpus,
        retriever=FakeRetriever(found(*corpus.cards[:2]), journal=journal),
        privacy=FakePrivacyScreen(Redaction("[name] is late", (Removal("name", 1),))),
    )
    async with enter_room(FakeConsultant(), composer, library=library) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge search", term="Jane is late"))

        assert journal == [("retrieve", "[name] is late")]
        assert text.startswith("I removed 1 name before searching.")
        assert "Jane" not in text


@pytest.mark.parametrize("failing", [None, RuntimeError("Jane")])
async def test_words_that_cannot_be_freed_of_identifiers_are_not_searched_for(
    failing: Exception | None, enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    journal: list[tuple[str, str]] = []
    retriever = FakeRetriever(found(*corpus.cards[:2]), journal=journal)
    library = Library(corpus=corpus, retriever=retriever, privacy=FakePrivacyScreen(failing))
    async with enter_room(FakeConsultant(), composer, library=library) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge search", term="Jane is late"))

        assert journal == []
        assert text.startswith("I could not be sure")
        assert text.endswith(composer.close())


async def test_a_search_that_fails_or_finds_nothing_is_a_sentence(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    retriever = FakeRetriever(found(), RuntimeError("boom"))
    library = Library(corpus=corpus, retriever=retriever, privacy=FakePrivacyScreen())
    async with enter_room(FakeConsultant(), composer, library=library) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge search", term="quiet"))
        assert text.startswith("The library holds no card near to these words.")
        result = await room.counselor.slash(room.channel, "knowledge search", term="quiet")
        assert refused(result).startswith("Something in me failed")


async def test_a_card_is_shown_by_its_title_or_by_what_the_list_offers(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    card = corpus.cards[3]
    async with enter_room(FakeConsultant(), composer) as room:
        for named in (card.id, card.head.title, card.head.title.upper()):
            text = "\n\n".join(shown_to_one(await room.counselor.slash(room.channel, "knowledge card", title=named)))
            assert text.startswith(f"**{card.head.title}**")
            assert text.endswith(composer.close())
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge card", title="<@1> of no card"))
        assert text.startswith("There is no card of that name.")
        assert "<@1>" not in text
        assert text.endswith(composer.close())


async def test_every_card_can_be_shown(enter_room: EnterRoom, composer: Composer, corpus: Corpus) -> None:
    longest = sorted(corpus.cards, key=lambda card: sum(len(unit.text) for unit in card.units))[-3:]
    async with enter_room(FakeConsultant(), composer) as room:
        for card in longest:
            result = await room.counselor.slash(room.channel, "knowledge card", title=card.id)
            assert text_of(last_of(result)).endswith(composer.close())
        assert room.env.errors == []


async def test_a_card_by_chance_and_another_one_after_a_restart(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        result = await room.counselor.slash(room.channel, "knowledge random")
        assert labels_of(last_of(result)) == ["Another one"]
        await room.restart(FakeConsultant(), composer)

        again = await room.counselor.click(last_of(result), label="Another one")

        assert text_of(last_of(again)).endswith(composer.close())


async def test_who_chose_plain_text_gets_cards_as_plain_text(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.store.people.choose_plain(room.counselor.id, plain=True)
        result = await room.counselor.slash(room.channel, "knowledge card", title=corpus.cards[0].id)
        contents = [message.content for message in (result.response, *result.followups) if message]

        assert contents[0].startswith(f"**{corpus.cards[0].head.title}**")
        assert contents[-1].endswith(composer.close())
        result = await room.counselor.slash(room.channel, "knowledge random")
        assert labels_of(last_of(result)) == ["Another one"]


async def test_too_many_searches_are_answered_with_the_time_to_wait_but_danger_is_not(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cogs._SEARCHES_PER_PERSON", 1)
    async with enter_room(FakeConsultant(), composer) as room:
        await room.counselor.slash(room.channel, "knowledge search", term="quiet")
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge search", term="quiet"))
        assert "I take the next one in" in text
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "knowledge search", term="danger"))
        assert "911" in text


async def test_titles_and_asks_are_offered_while_somebody_types(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        offered = await room.counselor.autocomplete(room.channel, "knowledge search", "term", "Quiet")
        assert 1 < len(offered) <= 25
        assert all("quiet" in choice["name"].casefold() or "…" in choice["name"] for choice in offered)
        assert all(0 < len(choice["name"]) <= 100 and choice["name"] == choice["value"] for choice in offered)
        assert len({choice["value"] for choice in offered}) == len(offered)

        offered = await room.counselor.autocomplete(room.channel, "knowledge card", "title", "")
        assert [choice["value"] for choice in offered] == [card.id for card in corpus.cards[:25]]
        assert await room.counselor.autocomplete(room.channel, "knowledge card", "title", "zzz \ud800 qqq") == []


async def test_suggestions_that_fail_give_no_choices_and_no_error(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_of(corpus)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(library, "suggest", fail)
    async with enter_room(FakeConsultant(), composer, library=library) as room:
        assert await room.counselor.autocomplete(room.channel, "knowledge search", "term", "quiet") == []
        assert await room.counselor.autocomplete(room.channel, "knowledge card", "title", "quiet") == []
        assert room.env.errors == []


def test_suggestions_are_there_within_a_few_milliseconds(corpus: Corpus) -> None:
    library = library_of(corpus)
    began = time.thread_time()
    for typed in ("", "she", "the client is", "zzzz", "a b c d e f"):
        library.suggest(typed)

    assert (time.thread_time() - began) / 5 < 0.05
