"""`/rehearse` in a simulated Discord: private, read for danger first, one effect for two presses, and forgotten."""

import pytest
from simcord.results import InteractionResult

from bot.consult.notice import ModelNotice
from bot.consult.reply import Composer
from bot.llm.schema import DraftedPoint
from bot.rehearse.seen import Feature
from bot.rehearse.session import MOST_LINES
from bot.storage.consents import WriterChoice
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.shown import labels_of, last_of, shown_to_one
from tests.rehearse.fakes import FakeFeedbackWriter, rehearsals_of

_SCENARIO = "polite-since-late"
_CLOSE = "your supervisor by phone"
_LINE = "named_shift and owned_part"
_MODEL = ModelNotice(configured=True, words="It runs at Example Inc.")
_SENTENCE = DraftedPoint(feature="owned_part", cite="lateness-counselor-late#s1", text="You owned it in your words.")


async def _begin(room: Room, scenario: str = _SCENARIO) -> InteractionResult:
    return await room.counselor.slash(room.channel, "rehearse", scenario=scenario)


async def _say(room: Room, shown: InteractionResult, line: str, label: str = "Say a line") -> InteractionResult:
    form = await room.counselor.click(last_of(shown), label=label)
    assert form.modal is not None
    return await room.counselor.submit_modal(form, {"text": line})


def _text(result: InteractionResult) -> str:
    return "\n".join(shown_to_one(result))


async def test_a_scenario_is_chosen_from_the_list_of_a_marker(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        offered = await room.counselor.slash(room.channel, "rehearse", marker="confrontation")
        assert "Which scenario?" in _text(offered)
        begun = await room.counselor.select(last_of(offered), ["fewer-sessions"])
        assert "So you're getting rid of me" in _text(begun)
        assert labels_of(last_of(begun)) == ["Say a line", "End with a summary"]
        assert room.env.errors == []


async def test_the_list_that_opens_while_typing_holds_what_fits(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        choices = await room.counselor.autocomplete(room.channel, "rehearse", "scenario", "TELEHEALTH", marker="both")
        assert [choice["value"] for choice in choices] == ["short-reply-to-a-text"]


async def test_a_line_brings_feedback_with_its_passage_and_the_clients_next_words(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        told = _text(await _say(room, await _begin(room), f"Maria, {_LINE}"))
        assert "> [name], named_shift and owned_part" in told
        assert "You named what changed" in told
        assert "(lateness-counselor-late#s1)" in told
        assert "You made room" not in told
        assert "I did sit there looking at the clock" in told
        assert _CLOSE in told.splitlines()[-1]
        assert room.env.errors == []


async def test_after_the_last_line_the_summary_comes_by_itself_and_it_is_forgotten(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        shown, label = await _begin(room), "Say a line"
        for _ in range(MOST_LINES):
            shown, label = await _say(room, shown, Feature.ASKED, label), "Say the next line"
        told = _text(shown)
        assert f"{MOST_LINES}. asked" in told
        assert "One thing for supervision" in told
        assert "I have forgotten the rehearsal now" in told
        assert labels_of(last_of(shown)) == []


async def test_it_can_be_ended_at_any_time_and_is_gone_then(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        begun = await _begin(room)
        assert "No line was said." in _text(await room.counselor.click(last_of(begun), label="End with a summary"))
        again = _text(await room.counselor.click(last_of(begun), label="Say a line"))
        assert "I no longer have this rehearsal" in again
        assert _CLOSE in again.splitlines()[-1]


async def test_a_line_that_was_said_already_is_not_taken_twice(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        begun = await _begin(room)
        first, second = [await room.counselor.click(last_of(begun), label="Say a line") for _ in range(2)]
        await room.counselor.submit_modal(first, {"text": _LINE})
        assert "was said already" in _text(await room.counselor.submit_modal(second, {"text": "other words"}))
        assert "was said already" in _text(await room.counselor.click(last_of(begun), label="Say a line"))


async def test_danger_in_a_line_brings_the_steps_and_the_line_is_not_taken(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        begun = await _begin(room)
        told = _text(await _say(room, begun, "there is danger tonight"))
        assert "911" in told
        assert "danger tonight" not in told
        assert "1. nothing" not in _text(await room.counselor.click(last_of(begun), label="End with a summary"))


@pytest.mark.parametrize("line", ["withheld words", " "])
async def test_a_line_that_cannot_be_redacted_is_not_taken_and_can_be_said_again(
    enter_room: EnterRoom, composer: Composer, line: str
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        shown = await _say(room, await _begin(room), line)
        assert "I did not take it" in _text(shown)
        assert "You made room" in _text(await _say(room, shown, Feature.ASKED, "Say it again"))


async def test_after_a_restart_it_says_kindly_that_the_rehearsal_is_gone(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        begun = await _begin(room)
        await room.restart(FakeConsultant(), composer)
        told = _text(await room.counselor.click(last_of(begun), label="End with a summary"))
        assert "not over a restart" in told
        assert _CLOSE in told.splitlines()[-1]


async def test_a_scenario_that_there_is_not_is_said_to_be_none(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        assert "There is no such scenario" in _text(await _begin(room, "nowhere"))


async def test_a_model_words_feedback_for_who_was_told_of_it(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    writer = FakeFeedbackWriter([_SENTENCE])
    rehearsals = rehearsals_of(corpus, writer)
    async with enter_room(FakeConsultant(), composer, model=_MODEL, rehearsals=rehearsals) as room:
        begun = await _begin(room)
        told = _text(await _say(room, begun, f"Maria, {_LINE}"))
    assert "A language model reads your lines" in _text(begun)
    assert writer.lines == [f"[name], {_LINE}"]
    assert "**You owned it in your words.**" in told
    assert "You named what changed" in told
    assert "A language model worded one of the points above" in told
    assert "It runs at Example Inc." in told
    assert _CLOSE in told.splitlines()[-1]


@pytest.mark.parametrize("told", ["nothing", "another notice", "the notice, and chose the built-in writer"])
async def test_no_line_goes_to_a_model_whose_person_was_not_told_or_does_without(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, told: str
) -> None:
    writer = FakeFeedbackWriter([_SENTENCE])
    rehearsals = rehearsals_of(corpus, writer)
    async with enter_room(FakeConsultant(), composer, model=_MODEL, rehearsals=rehearsals, agreed=False) as room:
        if told != "nothing":
            version = _MODEL.version if told.startswith("the notice") else "an older one"
            await room.store.consents.give(
                room.counselor.id, room.guild.id, notice=version, writer=WriterChoice.BUILT_IN
            )
        begun = await _begin(room)
        shown = _text(await _say(room, begun, _LINE))
    assert "No language model reads your lines" in _text(begun)
    assert writer.lines == []
    assert "You owned a part of it" in shown
    assert "language model" not in shown


async def test_danger_in_a_line_goes_to_no_model(enter_room: EnterRoom, composer: Composer, corpus: Corpus) -> None:
    writer = FakeFeedbackWriter([_SENTENCE])
    rehearsals = rehearsals_of(corpus, writer)
    async with enter_room(FakeConsultant(), composer, model=_MODEL, rehearsals=rehearsals) as room:
        assert "911" in _text(await _say(room, await _begin(room), f"danger, {_LINE}"))
    assert writer.lines == []
