"""`/consult` in a simulated Discord: private, acknowledged at once, and always with a close."""

import logging
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from bot import app
from bot.cogs.consult import LONGEST_OPTION
from bot.cogs.delivery import PrivateOut, wait_view
from bot.cogs.failures import FAILED
from bot.cogs.layout import TEXT_LIMIT, notice
from bot.consult.desk import Wait
from bot.consult.notice import ModelNotice
from bot.consult.outcome import Abstained, CrisisReferral, Outcome, OutOfScope, Unavailable, Withheld
from bot.consult.pipeline import LONGEST_QUESTION
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction
from bot.storage.people import Choices, Kept
from knowledge.entry import Corpus
from tests.cogs.conftest import SECONDS_OF_PROGRESS, SECONDS_OF_WORK, EnterRoom, Room
from tests.cogs.fakes import FakeComposer, FakeConsultant, answered, reply
from tests.cogs.shown import components_of, labels_of, last_of, shown_to_one, text_of, texts_in, walk

_QUESTION = "my client has gone quiet since I was late"
_CAUTION = Alarm(Level.CAUTION)


async def test_an_answer_reaches_the_asker_alone_and_ends_with_the_close(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert result.ephemeral
        assert room.requests() == ["POST callback", "PATCH original"]
        assert shown_to_one(result) == [composer.compose(outcome).text]
        assert consultant.questions == [_QUESTION]
        assert room.env.errors == []


async def test_the_command_is_acknowledged_before_any_work(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus), seconds=SECONDS_OF_WORK), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        assert room.requests() == ["POST callback"]
        assert result.deferred
        assert result.ephemeral

        await room.env.advance_time(SECONDS_OF_WORK)
        assert room.requests() == ["POST callback", "PATCH original", "PATCH original"]
        assert "**Bring to supervision:**" in shown_to_one(result)[0]


_OUTCOMES: dict[str, Outcome] = {
    "crisis": CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE)),
    "own crisis": CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)),
    "withheld": Withheld(CALM),
    "withheld with caution": Withheld(_CAUTION),
    "out of scope": OutOfScope(question=Redaction("q"), alarm=CALM, field=Field.MEDICATION),
    "abstained": Abstained(question=Redaction("q"), alarm=CALM, clarify=None),
    "asked back": Abstained(question=Redaction("q"), alarm=_CAUTION, clarify="What happened?"),
    "unavailable": Unavailable("retrieve", _CAUTION),
}


@pytest.mark.parametrize("outcome", _OUTCOMES.values(), ids=_OUTCOMES)
async def test_every_outcome_is_one_private_message_worded_as_composed(
    outcome: Outcome, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert shown_to_one(result) == [composer.compose(outcome).text]
        assert room.env.errors == []


async def test_a_long_answer_is_split_and_the_close_comes_last(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus, words=800)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        contents = shown_to_one(result)
        assert len(contents) > 2
        assert all(len(content) <= TEXT_LIMIT for content in contents)
        assert contents[-1].endswith(composer.compose(outcome).close)
        assert " ".join(contents).count("listen") == 1600


async def test_nothing_that_is_sent_may_ping_anyone(enter_room: EnterRoom) -> None:
    composer = FakeComposer(reply("@everyone and <@123> and <@&456>", "x" * 5000))
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        sent = [entry.json for entry in room.env.http_requests if "/webhooks/" in entry.path]
        assert len(sent) > 1
        assert all(isinstance(body, dict) and body["allowed_mentions"] == {"parse": []} for body in sent)


async def test_two_questions_of_one_person_are_answered_each_by_its_own(enter_room: EnterRoom) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM), seconds=SECONDS_OF_WORK)
    composer = FakeComposer(reply("first"), reply("second"))
    async with enter_room(consultant, composer) as room:
        first = await room.counselor.slash(room.channel, "consult", question="one")
        second = await room.counselor.slash(room.channel, "consult", question="two")
        await room.env.advance_time(SECONDS_OF_WORK)

        assert shown_to_one(first)[0].startswith("first")
        assert shown_to_one(second)[0].startswith("second")
        assert consultant.questions == ["one", "two"]


async def test_a_question_may_be_as_long_as_discord_lets_it_be(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        await room.counselor.slash(room.channel, "consult", question="x" * LONGEST_OPTION)

        assert consultant.questions == ["x" * LONGEST_OPTION]


async def test_the_command_works_in_a_direct_message_with_the_bot(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        person = room.env.create_user("someone")
        await room.store.consents.give(person.id, None, notice=room.desk.model.version)
        result = await person.slash("consult", question=_QUESTION)

        assert shown_to_one(result) == [composer.compose(Withheld(CALM)).text]


async def test_the_command_is_offered_wherever_the_bot_or_the_person_is_and_its_question_may_be_left_out(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        command = next(one for one in room.env.backend.commands[None].values() if one["name"] == "consult")

        assert sorted(command["contexts"]) == [0, 1, 2]
        assert sorted(command["integration_types"]) == [0, 1]
        assert command["default_member_permissions"] is None
        option, reflect = command["options"]
        assert (reflect["name"], reflect.get("required", False)) == ("reflect", False)
        assert (option["name"], option.get("required", False), option["min_length"], option["max_length"]) == (
            "question",
            False,
            1,
            LONGEST_OPTION,
        )


_SECRET = "Maria Lopez of Elm Street"


@pytest.mark.parametrize("failing", ["consultant", "composer"])
async def test_whatever_fails_the_person_gets_a_sentence_and_the_log_no_content(
    failing: str, enter_room: EnterRoom, composer: Composer, caplog: pytest.LogCaptureFixture
) -> None:
    consultant = FakeConsultant(RuntimeError(_SECRET) if failing == "consultant" else Withheld(CALM))
    worder = composer if failing == "consultant" else FakeComposer(RuntimeError(_SECRET))
    with caplog.at_level(logging.DEBUG, "bot"):
        async with enter_room(consultant, worder) as room:
            result = await room.counselor.slash(room.channel, "consult", question=_SECRET)

    assert text_of(last_of(result)) == FAILED
    assert result.ephemeral
    (record,) = [record for record in caplog.records if record.getMessage() == "interaction failed"]
    assert record.__dict__["fields"] == {"error": "RuntimeError"}
    assert all(_SECRET not in str(record.__dict__) for record in caplog.records if record.name == "bot")


async def test_a_message_that_cannot_be_sent_ends_in_the_sentence_too(enter_room: EnterRoom) -> None:
    composer = FakeComposer(reply("x" * 3000))
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        room.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=400)
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert shown_to_one(result)[-1] == FAILED


async def test_an_interaction_that_expired_before_the_answer_is_only_logged(
    enter_room: EnterRoom,
    composer: Composer,
    corpus: Corpus,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        async with enter_room(FakeConsultant(answered(corpus), seconds=16 * 60), composer) as room:
            await room.counselor.slash(room.channel, "consult", question=_QUESTION)
            await room.env.advance_time(16 * 60)

            assert [type(error) for error in room.env.errors] == [discord.app_commands.CommandInvokeError]
    events = [record.getMessage() for record in caplog.records if record.name == "bot"]
    assert events[-2:] == ["interaction failed", "failure could not be told"]


async def test_an_interaction_that_discord_no_longer_knows_does_no_work(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus))
    async with enter_room(consultant, composer) as room:
        room.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert consultant.questions == []
        assert len(room.env.errors) == 1


async def test_an_interaction_that_another_process_answers_is_left_to_it(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus))
    async with enter_room(consultant, composer) as room:
        room.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=40060)
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert consultant.questions == []


async def test_an_answer_in_flight_is_known_until_it_is_there(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus), seconds=SECONDS_OF_WORK), composer) as room:
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        assert len(room.bot.flights) == 1
        await room.env.advance_time(SECONDS_OF_WORK)
        assert len(room.bot.flights) == 0


async def test_the_whole_path_answers_and_refers_a_crisis_on_the_shipped_cards(
    enter_room: EnterRoom, services: app.Services
) -> None:
    async with enter_room(services.consultant, services.composer()) as room:
        calm = await room.counselor.slash(
            room.channel, "consult", question="she just says fine and changes the subject since i cut her off last week"
        )
        crisis = await room.counselor.slash(
            room.channel, "consult", question="my client texted that he will kill himself tonight, he has pills"
        )

        assert "**To consider**" in shown_to_one(calm)[0]
        assert "**Bring to supervision:**" in shown_to_one(calm)[-1]
        assert "911" in shown_to_one(crisis)[0]
        assert "**To consider**" not in shown_to_one(crisis)[0]
        assert room.env.errors == []


async def _agreed(room: Room, question: str = _QUESTION, label: str = "I understand, go on") -> InteractionResult:
    """Ask for the first time and press a button of the notice."""
    first = await room.counselor.slash(room.channel, "consult", question=question)
    return await room.counselor.click(last_of(first), label=label)


async def test_the_first_question_waits_for_the_notice_and_is_answered_once_it_is_agreed_to(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer, agreed=False) as room:
        first = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        (notice,) = shown_to_one(first)
        assert "This is an AI tool" in notice
        assert "If anyone may be in danger now" in notice
        assert labels_of(first.response) == ["I understand, go on", "Not now"]
        assert consultant.questions == []

        await room.counselor.click(last_of(first), label="I understand, go on")
        assert shown_to_one(first) == [composer.compose(outcome).text]
        assert consultant.questions == [_QUESTION]
        assert consultant.models == [True]
        kept = await room.store.consents.find(room.counselor.id, room.guild.id)
        assert kept is not None
        assert kept.notice == room.desk.model.version
        assert room.env.errors == []


async def test_the_notice_is_seen_once_in_each_server(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM))
    async with enter_room(consultant, composer, agreed=False) as room:
        await _agreed(room)
        again = await room.counselor.slash(room.channel, "consult", question="another")
        other = await room.colleague.slash(room.channel, "consult", question="another")

        assert shown_to_one(again) == [composer.compose(Withheld(CALM)).text]
        assert "Before the first answer" in shown_to_one(other)[0]
        assert consultant.questions == [_QUESTION, "another"]


async def test_a_new_model_is_told_of_before_it_reads_anything_and_may_be_refused(
    enter_room: EnterRoom, composer: Composer
) -> None:
    model = ModelNotice(configured=True, words="Runs at example, which keeps nothing.")
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM))
    async with enter_room(consultant, composer, model=model, agreed=False) as room:
        await room.store.consents.give(room.counselor.id, room.guild.id, notice=ModelNotice().version)
        first = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        assert "Runs at example, which keeps nothing." in shown_to_one(first)[0]
        assert consultant.questions == []

        await room.counselor.click(last_of(first), label="Go on with the built-in writer only")
        await room.counselor.slash(room.channel, "consult", question="another")
        assert consultant.models == [False, False]


async def test_danger_is_answered_before_the_notice(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer, agreed=False) as room:
        result = await room.counselor.slash(room.channel, "consult", question="there is danger here")

        assert consultant.referral is not None
        assert shown_to_one(result) == [composer.compose(consultant.referral).text]
        assert await room.store.people.export(room.counselor.id) == Kept(room.counselor.id, Choices(), (), (), ())


async def test_whoever_does_not_agree_is_told_that_nothing_was_kept_and_nothing_is(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer, agreed=False) as room:
        first = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        await room.counselor.click(last_of(first), label="Not now")

        assert "Nothing you typed was kept" in shown_to_one(first)[0]
        assert labels_of(first.response) == []
        assert consultant.questions == []
        assert await room.store.consents.find(room.counselor.id, room.guild.id) is None


async def test_a_question_that_waited_too_long_for_the_notice_is_asked_for_again(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer, agreed=False) as room:
        first = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        await room.restart(consultant, composer)
        await room.counselor.click(last_of(first), label="I understand, go on")

        assert "Please ask again with `/consult`" in shown_to_one(first)[0]
        assert await room.store.consents.find(room.counselor.id, room.guild.id) is not None


async def test_whoever_wants_plain_text_gets_it_after_the_notice_too(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    async with enter_room(FakeConsultant(outcome), composer, agreed=False) as room:
        await room.store.people.choose_plain(room.counselor.id, plain=True)
        pressed = await _agreed(room)

        sent = last_of(pressed)
        assert sent.content == composer.compose(outcome).text
        assert sent.ephemeral
        assert "Helpful" in labels_of(sent)
        assert room.env.errors == []


@pytest.mark.parametrize("plain", [False, True])
async def test_what_was_shown_while_waiting_gives_way_to_the_answer(
    enter_room: EnterRoom, composer: Composer, *, plain: bool
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        await room.store.people.choose_plain(room.counselor.id, plain=plain)
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        await room.env.advance_time(SECONDS_OF_PROGRESS + 1)
        assert shown_to_one(result) == ["Writing from the passages \N{HORIZONTAL ELLIPSIS}"]
        assert bool(last_of(result).content) is plain
        await room.env.advance_time(SECONDS_OF_WORK)

        assert shown_to_one(result) == [composer.compose(Withheld(CALM)).text]
        assert bool(last_of(result).content) is plain
        assert room.env.errors == []


async def test_an_answer_comes_though_it_was_not_known_in_time_that_its_asker_wants_plain_text(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        await room.store.people.choose_plain(room.counselor.id, plain=True)
        monkeypatch.setattr(room.desk, "plain", _no)
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        await room.env.advance_time(SECONDS_OF_PROGRESS + 1)
        await room.env.advance_time(SECONDS_OF_WORK)

        assert shown_to_one(result)[1:] == [composer.compose(Withheld(CALM)).text]
        assert last_of(result).content
        assert room.env.errors == []


async def _no(_: int) -> bool:
    return False


async def test_a_layout_takes_the_place_of_plain_words(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:

        @room.bot.tree.command(name="try")
        async def try_out(interaction: discord.Interaction[Any]) -> None:
            await interaction.response.defer(ephemeral=True)
            out = PrivateOut(interaction)
            await out.tell("working", plain=True)
            await out.put(notice("a layout"))
            await out.put_plain("words", None)

        await room.bot.tree.sync()
        result = await room.counselor.slash(room.channel, "try")

        assert shown_to_one(result) == ["a layout", "words"]
        assert room.env.errors == []


@pytest.mark.parametrize("question", [None, "   "])
async def test_without_a_question_a_form_opens_at_once_headed_by_what_to_leave_out(
    enter_room: EnterRoom, composer: Composer, question: str | None
) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        options = {} if question is None else {"question": question}
        opened = await room.counselor.slash(room.channel, "consult", **options)
        assert opened.modal is not None
        assert "Leave out names, places, dates" in texts_in(opened.modal["components"])[0]
        assert room.requests() == ["POST callback"]

        typed = {"happened": " she left early ", "tried": "", "want": "words to start with"}
        result = await room.counselor.submit_modal(opened, typed)
        assert shown_to_one(result) == [composer.compose(Withheld(CALM)).text]
        assert consultant.questions == ["she left early\nWhat I want from the group: words to start with"]


async def test_a_form_of_blanks_is_asked_back(enter_room: EnterRoom, composer: Composer) -> None:
    outcome = Abstained(question=Redaction(""), alarm=CALM, clarify="What happened?")
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        opened = await room.counselor.slash(room.channel, "consult")
        result = await room.counselor.submit_modal(opened, {"happened": "  \n ", "tried": " ", "want": ""})

        assert consultant.questions == [""]
        assert "What happened?" in shown_to_one(result)[0]


async def test_a_form_that_is_full_is_not_too_long_to_be_read(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        opened = await room.counselor.slash(room.channel, "consult")
        assert opened.modal is not None
        room_for = {
            field["custom_id"]: field["max_length"]
            for field in walk(opened.modal["components"])
            if "max_length" in field
        }
        await room.counselor.submit_modal(opened, {name: "x" * most for name, most in room_for.items()})

        assert set(room_for) == {"happened", "tried", "want"}
        assert len(consultant.questions[0]) <= LONGEST_QUESTION


async def test_two_forms_of_one_person_are_both_answered(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM), seconds=SECONDS_OF_WORK)
    async with enter_room(consultant, composer) as room:
        forms = [await room.counselor.slash(room.channel, "consult") for _ in range(2)]
        results = [
            await room.counselor.submit_modal(form, {"happened": text})
            for form, text in zip(forms, ("one", "two"), strict=True)
        ]
        await room.env.advance_time(SECONDS_OF_WORK)

        assert consultant.questions == ["one", "two"]
        assert [shown_to_one(result) for result in results] == [[composer.compose(Withheld(CALM)).text]] * 2


async def test_too_many_questions_are_told_the_time_to_wait_and_danger_is_not(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer, person=1) as room:
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        second = await room.counselor.slash(room.channel, "consult", question="another")
        third = await room.counselor.slash(room.channel, "consult", question="there is danger here")

        assert "I take the next one in 10 minutes" in shown_to_one(second)[0]
        assert "If anyone may be in danger now" in shown_to_one(second)[0]
        assert consultant.referral is not None
        assert shown_to_one(third) == [composer.compose(consultant.referral).text]
        assert consultant.questions == [_QUESTION]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 seconds"), (59.0, "59 seconds"), (60.0, "1 minute."), (61.0, "2 minutes")]
)
def test_the_time_to_wait_is_told_in_whole_seconds_or_minutes(seconds: float, told: str) -> None:
    (said, _) = texts_in(components_of(wait_view(Wait(seconds))))
    assert told in f"{said}"


async def test_each_button_stands_only_where_its_function_exists(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    other = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    own = CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF))
    expected: list[tuple[Outcome, list[str]]] = [
        (answered(corpus), ["Sources", "Follow up", "Helpful", "Not helpful"]),
        (Abstained(question=Redaction("q"), alarm=CALM, clarify="What happened?"), ["Answer that"]),
        (Abstained(question=Redaction("q"), alarm=CALM, clarify=None), ["Ask differently"]),
        (OutOfScope(question=Redaction("q"), alarm=CALM, field=Field.LAW), ["Ask about the relationship"]),
        (OutOfScope(question=Redaction(""), alarm=_CAUTION, field=Field.OTHER, language="es"), []),
        (other, ["A person has it now"]),
        (own, []),
        (Withheld(CALM), []),
        (Unavailable("write", CALM), []),
    ]
    async with enter_room(FakeConsultant(*(outcome for outcome, _ in expected)), composer) as room:
        for _, labels in expected:
            result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
            note = (
                ["Note for supervision", "See it another way", "Ask me later how it went"]
                if "Sources" in labels
                else []
            )
            assert labels_of(last_of(result)) == [*labels, "Plain text", *note]
