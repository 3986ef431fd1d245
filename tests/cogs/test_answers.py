"""The buttons under an answer: before and after a restart, with and without what was said before."""

from pathlib import Path

import pytest
from simcord.results import InteractionResult

from bot.cogs.answers import _TOOK_OVER, REASONS
from bot.cogs.render import MESSAGE_LIMIT
from bot.consult.outcome import Abstained, Answered, CrisisReferral, Withheld
from bot.consult.reply import Composer, Role
from bot.consult.sources import passages_behind
from bot.safety.screening import Screens, load_screens
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level, Redaction
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of, walk
from tests.consult.fakes import Stages

_QUESTION = "my client has gone quiet since I was late"
_CRISIS = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
_CLOSE = "If anyone may be in danger now"


async def _ask(room: Room, question: str = _QUESTION) -> InteractionResult:
    return await room.counselor.slash(room.channel, "consult", question=question)


async def _press(room: Room, result: InteractionResult, label: str) -> InteractionResult:
    return await room.counselor.click(last_of(result), label=label)


async def _follow_up(room: Room, result: InteractionResult, text: str, label: str = "Follow up") -> InteractionResult:
    form = await _press(room, result, label)
    assert form.modal is not None
    return await room.counselor.submit_modal(form, {"text": text})


@pytest.fixture
def outcome(corpus: Corpus) -> Answered:
    return answered(corpus)


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_sources_are_shown_with_the_close_last_after_a_restart_too(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, outcome: Answered, *, restarted: bool
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        if restarted:
            await room.restart(FakeConsultant(), composer)
        (shown,) = shown_to_one(await _press(room, result, "Sources"))

        cites = outcome.draft.suggestions[0].cites
        assert passages_behind(corpus, cites)[0] in shown
        assert shown.endswith(composer.close())
        assert room.env.errors == []


async def test_the_sources_of_an_answer_whose_row_is_gone_say_so(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        await room.store.people.forget(room.counselor.id)
        await room.restart(FakeConsultant(), composer)

        assert "record was deleted" in shown_to_one(await _press(room, result, "Sources"))[0]


async def test_whoever_wants_plain_text_gets_the_sources_so_too(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await room.store.people.choose_plain(room.counselor.id, plain=True)
        result = await _ask(room)
        assert last_of(result).content
        assert "Plain text" not in labels_of(last_of(result))
        shown = last_of(await _press(room, result, "Sources"))

        assert shown.content.endswith(composer.close())
        assert shown.components == []


async def test_a_follow_up_is_read_with_what_was_asked_before(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    consultant = FakeConsultant(outcome, Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        shown = shown_to_one(await _follow_up(room, await _ask(room), " and if she refuses? "))

        assert consultant.questions == [_QUESTION, "and if she refuses?"]
        assert consultant.threads == [(), ("q",)]
        assert shown == [composer.compose(Withheld(CALM)).text]


async def test_a_follow_up_after_a_restart_says_first_that_it_is_read_by_itself_and_ends_with_the_close(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    careful = Abstained(question=Redaction("q"), alarm=Alarm(Level.CAUTION), clarify="What happened?")
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        consultant = FakeConsultant(careful)
        await room.restart(consultant, composer)
        shown = last_of(await _follow_up(room, result, "and if she refuses?"))

        safety, aside, *_ = text_of(shown).split("\n\n")
        assert consultant.threads == [()]
        assert safety == composer.compose(careful).parts[0].text
        assert "I no longer hold what you asked before" in aside
        assert text_of(shown).endswith(composer.compose(careful).close)


async def test_danger_in_a_follow_up_gets_the_steps_and_nothing_else(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        await room.restart(FakeConsultant(_CRISIS), composer)
        shown = shown_to_one(await _follow_up(room, result, "she wants to die"))

        assert shown == [composer.compose(_CRISIS).text]


@pytest.mark.parametrize(("clarify", "label"), [("What happened?", "Answer that"), (None, "Ask differently")])
async def test_a_question_back_is_answered_in_a_form(
    enter_room: EnterRoom, composer: Composer, clarify: str | None, label: str
) -> None:
    consultant = FakeConsultant(Abstained(question=Redaction("q"), alarm=CALM, clarify=clarify), Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        await _follow_up(room, await _ask(room), "she left early", label)

        assert consultant.threads == [(), ("q",)]


async def test_feedback_is_kept_once_for_each_person_and_the_last_word_counts(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        for label in ("Not helpful", "Helpful", "Helpful"):
            pressed = await _press(room, result, label)
            assert pressed.ephemeral
        (kept,) = (await room.store.people.export(room.counselor.id)).feedback
        assert (kept.helpful, kept.reasons) == (True, ())


async def test_reasons_are_kept_as_codes_after_a_restart_too(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        asked = last_of(await _press(room, result, "Not helpful"))
        (menu,) = [part for part in walk(asked.components) if "options" in part]
        assert {option["value"]: option["label"] for option in menu["options"]} == REASONS
        await room.restart(FakeConsultant(), composer)
        chosen = await room.counselor.select(asked, ["too_general", "harmful"])

        (kept,) = (await room.store.people.export(room.counselor.id)).feedback
        assert (kept.helpful, kept.reasons) == (False, ("harmful", "too_general"))
        assert "that is noted" in text_of(last_of(chosen) if chosen.response else asked)


async def test_feedback_on_an_answer_whose_row_is_gone_says_so(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        await room.store.people.forget(room.counselor.id)
        for label in ("Helpful", "Not helpful"):
            assert "record was deleted" in shown_to_one(await _press(room, result, label))[0]


@pytest.mark.parametrize("restarted", [False, True])
async def test_plain_text_says_the_same_in_the_same_order_after_a_restart_too(
    enter_room: EnterRoom, composer: Composer, outcome: Answered, *, restarted: bool
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await _ask(room)
        if restarted:
            await room.restart(FakeConsultant(), composer)
        shown = await _press(room, result, "Plain text")

        assert last_of(shown).content == composer.compose(outcome).text
        assert last_of(shown).components == []
        assert last_of(shown).ephemeral


async def test_long_plain_text_is_split_and_ends_with_the_close(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    long = answered(corpus, words=300)
    async with enter_room(FakeConsultant(long), composer) as room:
        shown = shown_to_one(await _press(room, await _ask(room), "Plain text"))

        assert len(shown) > 1
        assert all(len(content) <= MESSAGE_LIMIT for content in shown)
        assert shown[-1].endswith(composer.compose(long).close)


async def test_the_steps_for_a_danger_are_there_as_plain_text_too(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        shown = await _press(room, await _ask(room), "Plain text")
        assert last_of(shown).content == composer.compose(_CRISIS).text


@pytest.fixture(scope="module")
def screens(embedder: MiniLmEmbedder) -> Screens:
    """The real screens."""
    return load_screens(embedder)


@pytest.mark.parametrize(
    "danger",
    [
        "my client texted that he will kill himself tonight, he has pills",
        "she says her husband choked her last night and she is scared to go home",
        "he told me he is going to shoot his boss tomorrow, he has a gun",
        "my client says her uncle touches her at night and nobody knows",
    ],
)
async def test_once_a_person_has_it_the_next_question_is_answered_with_caution(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, screens: Screens, danger: str
) -> None:
    consultant = Stages(corpus).consultant(crisis=screens.crisis)
    after = "how do i go back to the relationship with him next week"
    async with enter_room(consultant, composer) as room:
        first = await _ask(room, danger)
        assert labels_of(last_of(first)) == ["A person has it now", "Plain text"]
        again = await _ask(room, after)
        assert "**To consider**" not in text_of(last_of(again))

        (said,) = shown_to_one(await _press(room, first, "A person has it now"))
        assert "Good that a person has it" in said
        assert said.endswith(composer.close())
        assert _CLOSE in said
        calmer = last_of(await _ask(room, after))
        assert "**To consider**" in text_of(calmer)
        caution = composer.compose(Withheld(Alarm(Level.CAUTION))).parts[0]
        assert caution.role is Role.SAFETY
        assert text_of(calmer).startswith(caution.text)


def test_what_is_said_for_whoever_presses_it_is_far_from_any_danger(screens: Screens) -> None:
    assert screens.crisis.read(_TOOK_OVER) == CALM


async def test_who_took_over_counts_for_whoever_said_it_only(
    enter_room: EnterRoom, composer: Composer, tmp_path: Path
) -> None:
    del tmp_path
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        first = await _ask(room)
        await room.restart(FakeConsultant(), composer)
        await _press(room, first, "A person has it now")
        turns = [
            room.desk.conversations._threads.find((who.id, room.channel.id)) for who in (room.counselor, room.colleague)
        ]

        assert turns[0] is not None
        assert turns[0].turns == ("I called my supervisor.",)
        assert turns[1] is None


async def test_the_counselors_own_danger_is_not_handed_over_with_a_button(
    enter_room: EnterRoom, composer: Composer
) -> None:
    own = CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF))
    async with enter_room(FakeConsultant(own), composer) as room:
        assert labels_of(last_of(await _ask(room))) == ["Plain text"]


async def test_the_close_beside_sources_names_the_lines_of_the_persons_own_region(
    enter_room: EnterRoom, composer: Composer, outcome: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await room.store.people.choose_region(room.counselor.id, "neutral")
        asked: list[str | None] = []

        def keep(region: str | None, _: object) -> Composer:
            asked.append(region)
            return composer

        monkeypatch.setattr(room.desk, "_composers", keep)
        await _press(room, await _ask(room), "Sources")

        assert set(asked) == {"neutral"}
