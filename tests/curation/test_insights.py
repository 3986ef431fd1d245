"""A server's numbers as supervisors read them: in full sentences, within a message, and as a picture."""

import uuid
from datetime import timedelta
from pathlib import Path

from bot.cogs.answers import REASONS
from bot.cogs.layout import TEXT_LIMIT
from bot.curation.insights import OUTCOMES, Overview, TopicBar, alt_text, overview, told
from bot.curation.picture import draw
from bot.settings import Settings
from bot.storage.clock import utc_now
from bot.storage.consultations import Consultation, Outcome
from bot.storage.insights import Gap, Helpfulness
from bot.storage.store import Store, open_store

SERVER = 5
FULL = Overview(
    30,
    tuple(TopicBar(f"{n} {'w' * 36}", tuple((code, 99_999) for code in OUTCOMES)) for n in range(11)),
    more_topics=70,
    left_out=True,
    gaps=tuple(Gap(f"{n} {'w' * 36}", 99_999, 5) for n in range(10)),
    helpfulness=Helpfulness(9_999, 9_999, tuple((words, 9_999) for words in REASONS.values())),
    due=10_000,
    submitted=10_000,
    waiting=(("under 1 day", 999), ("over 4 weeks", 999)),
)


def _asked(person: int, days_ago: float, topic: str | None = "fees", outcome: Outcome = "answered") -> Consultation:
    at = utc_now() - timedelta(days=days_ago)
    return Consultation(uuid.uuid4(), SERVER, person, outcome, (), topic, at, 80, None)


async def _question(store: Store, person: int) -> None:
    await store.escalations.ask(SERVER, person, "how do i", anonymous=True, tell="here", channel=1)


async def test_the_last_days_are_told_in_words_and_without_anybodys_number(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        rows = [_asked(person, 1) for person in range(711, 716)]
        rows += [_asked(person, 2, "sud-confidentiality", "abstained") for person in range(711, 716)]
        rows += [_asked(person, 2, None, "crisis") for person in (711, 712)]
        rows += [_asked(person, 40) for person in range(711, 716)]
        for row in rows:
            await store.consultations.record(row)
        for row in rows[:5]:
            await store.feedback.give(row.id, row.person, helpful=False, reasons=["too_general"])
        await _question(store, 711)

        seen = await overview(store, SERVER, utc_now(), reasons=REASONS)
        text = "\n".join(told(seen))

        assert "The last 30 days" in text
        assert "- fees: 5 answered" in text
        assert "- sud confidentiality: 5 found nothing" in text
        assert "- sud confidentiality: 5\n" in text
        assert "danger" not in text
        assert "too few people stand behind them" in text
        assert "- helpful: fewer than 5 people said so" in text
        assert "  - too general: 5" in text
        assert "- questions: under 1 day: 1" in text
        assert "71" not in text
        assert "fees 5" in alt_text(seen)

        await store.servers.change(SERVER, retention_days=7)
        assert (await overview(store, SERVER, utc_now(), reasons=REASONS)).days == 7


async def test_a_server_without_questions_is_told_so_and_has_no_picture(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        seen = await overview(store, SERVER, utc_now(), reasons=REASONS)
        assert "Nobody asked anything." in told(seen)[1]
        assert "Nothing waits." in told(seen)[4]
        assert draw(seen) is None
        await store.consultations.record(_asked(1, 1))
        few = await overview(store, SERVER, utc_now(), reasons=REASONS)
        assert "No topic has enough people" in told(few)[1]
        assert alt_text(few) == "Bar charts of the last 30 days."


async def test_topics_of_few_people_are_pooled_and_an_old_question_stands_by_its_age(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        for person in range(1, 7):
            await store.consultations.record(_asked(person, 0, f"topic-{person % 3}"))
        await _question(store, 1)
        seen = await overview(store, SERVER, utc_now() + timedelta(days=29), reasons=REASONS)
        assert seen.topics == (TopicBar("other topics", (("answered", 6),)),)
        assert seen.waiting == (("over 4 weeks", 1),)


def test_the_fullest_server_fits_a_message_with_its_close_and_its_description_fits_discord() -> None:
    texts = told(FULL)
    assert sum(map(len, texts)) < TEXT_LIMIT - 600
    assert "and 70 topics with fewer" in texts[1]
    assert len(alt_text(FULL)) <= 1024
    assert alt_text(FULL).endswith(" …")


def test_the_picture_is_a_png_of_the_width_that_discord_shows_well() -> None:
    png = draw(FULL)
    assert png is not None
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == 960
    assert len(png) < 400_000
