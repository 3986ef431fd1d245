"""`/about` in a simulated Discord."""

from datetime import date

from bot.cogs.about import library_in_words
from bot.consult.notice import ModelNotice
from bot.consult.reply import Composer
from bot.storage.servers import CrisisReview
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom
from tests.cogs.fakes import FakeConsultant
from tests.cogs.shown import shown_to_one


async def test_it_says_what_this_is_and_is_not_whose_it_is_and_that_nobody_has_reviewed_it(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "about"))

        assert "An AI tool for peer-consultation groups" in text
        assert "**What it is not**\nA supervisor, a therapist, an emergency service" in text
        assert "**Version:**" in text
        assert "who is responsible for this copy" in text
        assert library_in_words(corpus) in text
        assert "lines of `us`; not reviewed by anyone in this server" in text
        assert "no language model" in text
        assert "](" not in text
        assert "https://" not in text
        assert text.endswith(composer.close())


async def test_the_operators_notice_and_the_servers_review_are_shown_with_nothing_live_in_them(
    enter_room: EnterRoom, composer: Composer
) -> None:
    model = ModelNotice(configured=True, words="Acme, no retention. https://acme.example @here")
    async with enter_room(FakeConsultant(), composer, model=model) as room:
        review = CrisisReview("us", "clinical supervisor", "LPC-S", "Texas", date(2026, 6, 1))
        await room.store.servers.change(room.guild.id, crisis_review=review)

        (text,) = shown_to_one(await room.counselor.slash(room.channel, "about"))

        assert "in this server reviewed by a clinical supervisor (LPC-S, Texas), 2026-06-01" in text
        assert "Acme, no retention." in text
        assert "https://" not in text
        assert "@here" not in text


async def test_it_works_in_a_direct_message(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        person = room.env.create_user("someone")
        (text,) = shown_to_one(await person.slash("about"))

        assert "lines of `us`, unless you chose others" in text


def test_the_library_in_words_counts_what_was_reviewed(corpus: Corpus) -> None:
    told = library_in_words(corpus)

    assert told.startswith(f"{len(corpus.cards)} cards, {len(corpus.units)} passages")
    assert told.endswith(f"0 reviewed by a licensed clinician, {len(corpus.cards)} not yet")
