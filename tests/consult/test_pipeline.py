"""The path of a consultation: what reads what, in which order, and what each failure comes to."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import Services
from bot.consult.coverage import CLARIFY, LEAST_PROBABILITY
from bot.consult.grounding import Grounder
from bot.consult.outcome import (
    Abstained,
    Answered,
    CrisisReferral,
    Outcome,
    OutOfScope,
    PromptUsed,
    Screened,
    Statement,
    Unavailable,
    Withheld,
)
from bot.consult.pipeline import LONGEST_QUESTION
from bot.consult.reply import Composer, Role
from bot.safety.verdicts import CALM, SCREEN_FAILED, Alarm, Audience, Danger, Field, Level, Redaction, Removal
from knowledge.entry import Corpus
from knowledge.errors import RebuildIndex
from knowledge.retrieval import Retrieved
from knowledge.screens import load_safety_texts
from tests.consult.fakes import (
    FakeClarifier,
    FakeCrisisScreen,
    FakeJudge,
    FakeLanguageScreen,
    FakePrivacyScreen,
    FakeRetriever,
    FakeScopeScreen,
    FakeSecondReader,
    FakeWriter,
    Stages,
    draft_of,
    found,
)

RAW = "Dana Quillfeather rolled her eyes at me on 3 May, how do i repair that with her"
REDACTED = "[name] rolled her eyes at me on [date], how do i repair that with her"
CAUTION = Alarm(Level.CAUTION)
CRISIS = Alarm(Level.CRISIS, Danger.SUICIDE)


def _redaction() -> Redaction:
    return Redaction(REDACTED, (Removal("date", 1), Removal("name", 1)))


def _names(journal: list[tuple[str, str]]) -> list[str]:
    return [stage for stage, _ in journal]


def _shows_the_steps_first(outcome: Outcome, corpus: Corpus) -> bool:
    texts = load_safety_texts("us")
    part = Composer(corpus, texts).compose(outcome).parts[0]
    return part.role is Role.SAFETY and part.text == texts.caution


async def test_the_stages_run_in_the_order_of_the_design(stages: Stages) -> None:
    consultation = await stages.consultant().answer(RAW)
    assert _names(stages.journal) == ["crisis", "privacy", "scope", "retrieve", "write"]
    assert isinstance(consultation.outcome, Answered)


async def test_the_crisis_screen_reads_the_raw_words_and_nobody_after_privacy_does(stages: Stages) -> None:
    privacy = FakePrivacyScreen(_redaction(), journal=stages.journal)
    consultation = await stages.consultant(privacy=privacy).answer(RAW)
    assert stages.journal[:2] == [("crisis", RAW), ("privacy", RAW)]
    assert [text for _, text in stages.journal[2:]] == [REDACTED] * 3
    assert isinstance(consultation.outcome, Answered)
    assert consultation.outcome.question == _redaction()
    assert "Quillfeather" not in repr(consultation)


async def test_a_crisis_is_referred_even_when_the_question_names_a_client(stages: Stages) -> None:
    crisis = FakeCrisisScreen(CRISIS, journal=stages.journal)
    consultation = await stages.consultant(crisis=crisis).answer(RAW)
    assert consultation.outcome == CrisisReferral(CRISIS)
    assert _names(stages.journal) == ["crisis"]


async def test_a_crisis_is_referred_even_when_everything_else_is_broken(stages: Stages) -> None:
    broken = RuntimeError("broken")
    consultant = stages.consultant(
        crisis=FakeCrisisScreen(CRISIS),
        privacy=FakePrivacyScreen(broken),
        scope=FakeScopeScreen(broken),
        retriever=FakeRetriever(broken),
        writer=FakeWriter(broken),
    )
    assert (await consultant.answer(RAW)).outcome == CrisisReferral(CRISIS)


async def test_a_crisis_screen_that_fails_counts_as_a_crisis(stages: Stages) -> None:
    consultant = stages.consultant(crisis=FakeCrisisScreen(RuntimeError("broken")))
    consultation = await consultant.answer("how do i apologize well")
    assert consultation.outcome == CrisisReferral(SCREEN_FAILED)
    assert stages.journal == []


async def test_the_danger_to_the_counselor_stays_the_counselors(stages: Stages) -> None:
    own = Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)
    consultation = await stages.consultant(crisis=FakeCrisisScreen(own)).answer("i cant go on")
    assert consultation.outcome == CrisisReferral(own)


@pytest.mark.parametrize("alarm", [CALM, CAUTION])
async def test_a_question_that_still_holds_an_identifier_is_withheld(
    stages: Stages, corpus: Corpus, alarm: Alarm
) -> None:
    consultant = stages.consultant(
        crisis=FakeCrisisScreen(alarm, journal=stages.journal), privacy=FakePrivacyScreen(None, journal=stages.journal)
    )
    outcome = (await consultant.answer(RAW)).outcome
    assert outcome == Withheld(alarm)
    assert _names(stages.journal) == ["crisis", "privacy"]
    assert _shows_the_steps_first(outcome, corpus) is (alarm is CAUTION)


@pytest.mark.parametrize("alarm", [CALM, CAUTION])
async def test_a_privacy_screen_that_fails_withholds_the_question(stages: Stages, corpus: Corpus, alarm: Alarm) -> None:
    consultant = stages.consultant(
        crisis=FakeCrisisScreen(alarm), privacy=FakePrivacyScreen(RuntimeError(RAW), journal=stages.journal)
    )
    outcome = (await consultant.answer(RAW)).outcome
    assert outcome == Withheld(alarm)
    assert _names(stages.journal) == ["privacy"]
    assert _shows_the_steps_first(outcome, corpus) is (alarm is CAUTION)


@pytest.mark.parametrize("alarm", [CALM, CAUTION])
@pytest.mark.parametrize("failure", [RuntimeError("broken"), RebuildIndex("it is damaged", "rebuild it")])
@pytest.mark.parametrize("stage", ["scope", "retrieve", "write"])
async def test_another_stage_that_fails_leaves_the_question_unanswered_and_the_steps_in_place(
    stages: Stages, corpus: Corpus, stage: str, failure: Exception, alarm: Alarm
) -> None:
    crisis = FakeCrisisScreen(alarm)
    match stage:
        case "scope":
            consultant = stages.consultant(crisis=crisis, scope=FakeScopeScreen(failure))
        case "retrieve":
            consultant = stages.consultant(crisis=crisis, retriever=FakeRetriever(failure))
        case _:
            consultant = stages.consultant(crisis=crisis, writer=FakeWriter(failure))
    consultation = await consultant.answer(RAW)
    assert consultation.outcome == Unavailable(stage, alarm)
    assert stage in consultation.milliseconds
    assert _shows_the_steps_first(consultation.outcome, corpus) is (alarm is CAUTION)


async def test_a_consultant_whose_writer_failed_once_answers_the_next_question(stages: Stages) -> None:
    unit = stages.corpus.cards[0].units[0]
    good = draft_of(Statement(unit.text, (unit.id,)))
    consultant = stages.consultant(writer=FakeWriter(TimeoutError(), good))
    assert isinstance((await consultant.answer(RAW)).outcome, Unavailable)
    answered = (await consultant.answer(RAW)).outcome
    assert isinstance(answered, Answered)
    assert answered.draft == good


async def test_a_thread_that_cannot_be_read_leaves_the_question_unanswered(stages: Stages) -> None:
    privacy = FakePrivacyScreen(Redaction("and now"), RuntimeError("broken"), journal=stages.journal)
    consultation = await stages.consultant(privacy=privacy).answer("and now", ["i was late and she went quiet"])
    assert consultation.outcome == Unavailable("thread", CALM)
    assert "retrieve" not in _names(stages.journal)


async def test_what_a_stage_says_when_it_fails_never_reaches_a_log(stages: Stages, log_lines: list[str]) -> None:
    planted = RuntimeError("Quillfeather said the blue teapot")
    broken = [
        stages.consultant(crisis=FakeCrisisScreen(planted)),
        stages.consultant(privacy=FakePrivacyScreen(planted)),
        stages.consultant(scope=FakeScopeScreen(planted)),
        stages.consultant(retriever=FakeRetriever(planted)),
        stages.consultant(writer=FakeWriter(planted)),
    ]
    for consultant in broken:
        await consultant.answer("Quillfeather and the blue teapot", ["the blue teapot before"])
    told = "\n".join(log_lines)
    assert told.count("stage failed") == len(broken)
    assert told.count("consultation") == len(broken)
    assert "RuntimeError" in told
    assert "Quillfeather" not in told
    assert "teapot" not in told


async def test_a_question_that_goes_well_is_logged_without_a_word_of_it(stages: Stages, log_lines: list[str]) -> None:
    await stages.consultant().answer("Quillfeather and the blue teapot")
    told = "\n".join(log_lines)
    assert "'outcome': 'Answered'" in told
    assert "Quillfeather" not in told
    assert "teapot" not in told


async def test_a_question_outside_the_purpose_is_declined_before_anything_is_searched(stages: Stages) -> None:
    privacy = FakePrivacyScreen(_redaction(), journal=stages.journal)
    consultant = stages.consultant(privacy=privacy, scope=FakeScopeScreen(Field.MEDICATION, journal=stages.journal))
    outcome = (await consultant.answer(RAW)).outcome
    assert outcome == OutOfScope(question=_redaction(), alarm=CALM, field=Field.MEDICATION)
    assert _names(stages.journal) == ["crisis", "privacy", "scope"]


async def test_a_question_that_the_cards_do_not_cover_is_not_answered(stages: Stages) -> None:
    retriever = FakeRetriever(found(*stages.corpus.cards[:6], nearness=0.0))
    question = "which of the two offices on the second floor gets more sun in winter"
    outcome = (await stages.consultant(retriever=retriever).answer(question)).outcome
    assert isinstance(outcome, Abstained)
    assert outcome.clarify is None
    assert [passage.card for passage in outcome.passages] == list(stages.corpus.cards[:6])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my client went flat after my joke, how do i bring it up", Answered),
        ("which of the two offices on the second floor gets more sun in winter", Abstained | OutOfScope),
    ],
)
async def test_an_outcome_says_how_likely_the_cards_cover_the_question(
    services: Services, text: str, kind: type[Screened]
) -> None:
    outcome = (await services.consultant.answer(text)).outcome
    assert isinstance(outcome, Screened)
    assert isinstance(outcome, kind)
    assert outcome.coverage is not None
    assert (outcome.coverage >= LEAST_PROBABILITY) is isinstance(outcome, Answered)


async def test_a_question_declined_before_the_search_says_nothing_of_coverage(stages: Stages) -> None:
    consultant = stages.consultant(scope=FakeScopeScreen(Field.MEDICATION))
    outcome = (await consultant.answer(RAW)).outcome
    assert isinstance(outcome, OutOfScope)
    assert outcome.coverage is None


async def test_a_question_that_finds_nothing_and_says_little_is_asked_back(stages: Stages) -> None:
    outcome = (await stages.consultant(retriever=FakeRetriever(Retrieved((), {}))).answer("help please")).outcome
    assert isinstance(outcome, Abstained)
    assert outcome.clarify == CLARIFY


@pytest.mark.parametrize("nothing", ["", " ", "\n\t \u3000\u2028"])
async def test_an_empty_question_is_asked_back_and_no_stage_reads_it(stages: Stages, nothing: str) -> None:
    consultation = await stages.consultant().answer(nothing)
    assert consultation.outcome == Abstained(question=Redaction(""), alarm=CALM, clarify=CLARIFY)
    assert stages.journal == []
    assert set(consultation.milliseconds) == {"total"}


async def test_an_empty_follow_up_does_not_end_the_danger_of_its_thread(stages: Stages) -> None:
    crisis = FakeCrisisScreen(CRISIS, journal=stages.journal)
    consultation = await stages.consultant(crisis=crisis).answer(" ", ["she wants to die tonight"])
    assert consultation.outcome == CrisisReferral(CRISIS)
    assert crisis.threads == [("she wants to die tonight",)]


@pytest.mark.parametrize("text", ["\N{CRYING FACE}", "\N{CRYING FACE}" * 50, "?!", "\x00", "\u202e\u200b", "a\x1b[2J"])
async def test_a_question_of_signs_alone_is_asked_back(services: Services, text: str) -> None:
    outcome = (await services.consultant.answer(text)).outcome
    assert isinstance(outcome, Abstained)
    assert outcome.clarify == CLARIFY


async def test_a_question_that_is_too_long_is_read_for_danger_and_asked_for_again(stages: Stages) -> None:
    long = "she sighed and looked away. " * 1800
    consultation = await stages.consultant(crisis=FakeCrisisScreen(CAUTION, journal=stages.journal)).answer(long)
    assert stages.journal == [("crisis", long)]
    outcome = consultation.outcome
    assert isinstance(outcome, Abstained)
    assert outcome.alarm == CAUTION
    assert outcome.clarify is not None
    assert f"{LONGEST_QUESTION:,}" in outcome.clarify
    assert outcome.question == Redaction("")


async def test_danger_at_the_end_of_fifty_thousand_characters_is_found(services: Services) -> None:
    long = "she sighed and looked away. " * 1785 + "she wants to die"
    assert isinstance((await services.consultant.answer(long)).outcome, CrisisReferral)


@pytest.mark.parametrize(("length", "answered"), [(LONGEST_QUESTION, True), (LONGEST_QUESTION + 1, False)])
async def test_the_longest_question_is_still_answered(stages: Stages, length: int, *, answered: bool) -> None:
    question = ("how do i repair this " * 200)[:length].ljust(length, "x")
    assert isinstance((await stages.consultant().answer(question)).outcome, Answered) is answered


async def test_lone_surrogates_become_question_marks_for_every_stage(stages: Stages) -> None:
    await stages.consultant().answer("how do i repair\ud800", ["i was late\udfff"])
    assert {text for _, text in stages.journal} == {"how do i repair?", "i was late?", "i was late?\nhow do i repair?"}


async def test_a_thread_with_a_lone_surrogate_is_answered_by_the_real_parts(services: Services) -> None:
    thread = ["she went quiet after my joke \ud800 and i want to repair it with her"]
    assert isinstance((await services.consultant.answer("how do i say it", thread)).outcome, Answered)


async def test_a_short_follow_up_is_searched_together_with_the_turn_before_it(stages: Stages) -> None:
    privacy = FakePrivacyScreen(Redaction("and if she refuses?"), Redaction("[name] is angry"), journal=stages.journal)
    consultation = await stages.consultant(privacy=privacy).answer("and if she refuses?", ["older", "Dana is angry"])
    assert stages.journal == [
        ("crisis", "and if she refuses?"),
        ("privacy", "and if she refuses?"),
        ("scope", "and if she refuses?"),
        ("privacy", "Dana is angry"),
        ("retrieve", "[name] is angry\nand if she refuses?"),
        ("write", "[name] is angry\nand if she refuses?"),
    ]
    assert isinstance(consultation.outcome, Answered)
    assert consultation.outcome.question == Redaction("and if she refuses?")


async def test_a_turn_before_that_still_holds_an_identifier_is_left_out(stages: Stages) -> None:
    privacy = FakePrivacyScreen(Redaction("and if she refuses?"), None)
    await stages.consultant(privacy=privacy).answer("and if she refuses?", ["Dana is angry"])
    assert ("retrieve", "and if she refuses?") in stages.journal


async def test_a_turn_before_that_was_too_long_to_read_is_left_out_whole(stages: Stages) -> None:
    await stages.consultant().answer("and now what do i say?", ["x" * (LONGEST_QUESTION - 3) + " 555-123-4567"])
    assert _names(stages.journal) == ["crisis", "privacy", "scope", "retrieve", "write"]
    assert ("retrieve", "and now what do i say?") in stages.journal


async def test_a_follow_up_that_says_enough_is_searched_alone(stages: Stages) -> None:
    question = "how do i repair it when she refuses to talk"
    await stages.consultant().answer(question, ["Dana is angry"])
    assert ("retrieve", question) in stages.journal


async def test_the_crisis_screen_reads_the_whole_thread(stages: Stages) -> None:
    crisis = FakeCrisisScreen(CALM)
    await stages.consultant(crisis=crisis).answer("and now?", ["one", "two", "three"])
    assert crisis.threads == [("one", "two", "three")]


async def test_the_writer_reads_four_cards_and_the_answer_names_all_that_were_found(stages: Stages) -> None:
    writer = FakeWriter()
    consultation = await stages.consultant(writer=writer).answer(RAW)
    assert [passage.card for passage in writer.passages[0]] == list(stages.corpus.cards[:4])
    assert isinstance(consultation.outcome, Answered)
    assert [passage.card for passage in consultation.outcome.passages] == list(stages.corpus.cards[:6])


async def test_what_a_writer_makes_up_is_dropped_and_counted(stages: Stages) -> None:
    first, fifth = stages.corpus.cards[0].units[0], stages.corpus.cards[4].units[0]
    true, unread = Statement(first.text, (first.id,)), Statement(fifth.text, (fifth.id,))
    made_up = Statement("Wait for 17 days, as Quillfeather says.", (first.id,))
    consultant = stages.consultant(writer=FakeWriter(draft_of(true, made_up, unread)))
    outcome = (await consultant.answer(RAW)).outcome
    assert isinstance(outcome, Answered)
    assert outcome.draft.suggestions == (true,)
    assert outcome.dropped == 2


@pytest.mark.parametrize("suggestions", [(), (Statement("Wait.", ()),)])
async def test_a_draft_of_which_nothing_holds_is_no_answer(stages: Stages, suggestions: tuple[Statement, ...]) -> None:
    outcome = (await stages.consultant(writer=FakeWriter(draft_of(*suggestions))).answer(RAW)).outcome
    assert outcome == Unavailable("grounding", CALM)


@pytest.mark.parametrize(
    ("local", "seen", "level"),
    [
        (CALM, CRISIS, Level.CRISIS),
        (CALM, CAUTION, Level.CAUTION),
        (CAUTION, CALM, Level.CAUTION),
        (CAUTION, CRISIS, Level.CRISIS),
        (CAUTION, RuntimeError("broken"), Level.CAUTION),
        (CALM, RuntimeError("broken"), Level.CALM),
    ],
)
async def test_a_second_look_reads_redacted_words_and_raises_a_level_only(
    stages: Stages, local: Alarm, seen: Alarm | Exception, level: Level
) -> None:
    consultant = stages.consultant(
        crisis=FakeCrisisScreen(local, journal=stages.journal),
        privacy=FakePrivacyScreen(_redaction(), journal=stages.journal),
        second_look=FakeSecondReader(seen, journal=stages.journal),
    )
    outcome = (await consultant.answer(RAW)).outcome
    assert outcome.alarm.level is level
    assert isinstance(outcome, CrisisReferral) is (level is Level.CRISIS)
    assert stages.journal[2] == ("second_look", REDACTED)


async def test_a_crisis_is_not_read_a_second_time(stages: Stages) -> None:
    second = FakeSecondReader(CALM)
    await stages.consultant(crisis=FakeCrisisScreen(CRISIS), second_look=second).answer(RAW)
    assert second.journal == []


async def test_a_stage_that_fails_after_a_second_look_keeps_what_it_saw(stages: Stages) -> None:
    consultant = stages.consultant(scope=FakeScopeScreen(RuntimeError()), second_look=FakeSecondReader(CAUTION))
    assert (await consultant.answer(RAW)).outcome == Unavailable("scope", CAUTION)


async def test_each_stage_is_timed_and_so_is_the_whole(stages: Stages) -> None:
    spent = (await stages.consultant().answer("and now?", ["before"])).milliseconds
    stages_in_order = ["crisis", "language", "privacy", "scope", "thread", "retrieve", "coverage", "write", "grounding"]
    assert list(spent) == [*stages_in_order, "total"]
    assert {spent[stage] for stage in stages_in_order} == {1000.0}
    assert spent["total"] == 19_000.0


async def test_another_language_gets_the_steps_and_no_answer(stages: Stages) -> None:
    language = FakeLanguageScreen("es")
    outcome = (await stages.consultant(language=language).answer(RAW)).outcome
    assert outcome == OutOfScope(question=Redaction(""), alarm=CAUTION, field=Field.OTHER, language="es")
    assert _names(stages.journal) == ["crisis"]


async def test_another_language_never_lowers_a_crisis(stages: Stages) -> None:
    consultant = stages.consultant(crisis=FakeCrisisScreen(CRISIS), language=FakeLanguageScreen("es"))
    assert (await consultant.answer(RAW)).outcome == CrisisReferral(CRISIS, "es")


async def test_a_language_screen_that_fails_blocks_nothing(stages: Stages) -> None:
    language = FakeLanguageScreen(RuntimeError(RAW))
    assert isinstance((await stages.consultant(language=language).answer(RAW)).outcome, Answered)
    crisis = FakeCrisisScreen(CRISIS)
    assert (await stages.consultant(crisis=crisis, language=language).answer(RAW)).outcome == CrisisReferral(CRISIS)


async def test_a_stage_that_fails_is_timed_too(stages: Stages) -> None:
    spent = (await stages.consultant(writer=FakeWriter(TimeoutError())).answer(RAW)).milliseconds
    assert spent["write"] == 1000.0
    assert "grounding" not in spent


_WORDS = st.sampled_from(
    ["she", "late", "repair", "angry", "\N{CRYING FACE}", "\ud800", "555-123-4567", "\n", "?", "\x00"]
)


@given(
    question=st.one_of(st.text(st.characters(), max_size=200), st.lists(_WORDS, max_size=30).map(" ".join)),
    thread=st.lists(st.text(st.characters(), max_size=50), max_size=2),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_typed_comes_to_an_outcome_and_a_close(
    services: Services, question: str, thread: list[str]
) -> None:
    consultation = await services.consultant.answer(question, thread)
    assert not isinstance(consultation.outcome, Unavailable)
    reply = services.composer().compose(consultation.outcome)
    assert reply.text.encode("utf-8").decode("utf-8").endswith(reply.close)


async def test_a_medicine_that_no_card_answers_for_is_sent_to_its_person_though_its_score_is_low(
    services: Services,
) -> None:
    outcome = (await services.consultant.answer("should she go up on her zoloft")).outcome

    assert isinstance(outcome, OutOfScope)
    assert outcome.field is Field.MEDICATION


@pytest.mark.parametrize("alarm", [CALM, CAUTION])
async def test_reading_for_danger_alone_finds_none_below_a_crisis(stages: Stages, alarm: Alarm) -> None:
    consultant = stages.consultant(crisis=FakeCrisisScreen(alarm, journal=stages.journal))
    assert await consultant.danger(RAW, ["before"]) is None
    assert stages.journal == [("crisis", RAW)]


async def test_reading_for_danger_alone_reads_the_thread_and_nothing_after_the_danger(stages: Stages) -> None:
    crisis = FakeCrisisScreen(CRISIS, journal=stages.journal)
    consultant = stages.consultant(crisis=crisis, language=FakeLanguageScreen("es"))
    assert await consultant.danger(RAW, ["one", "two\ud800"]) == CrisisReferral(CRISIS, "es")
    assert stages.journal == [("crisis", RAW)]
    assert crisis.threads == [("one", "two?")]


async def test_reading_for_danger_alone_counts_a_failure_as_danger(stages: Stages, log_lines: list[str]) -> None:
    consultant = stages.consultant(crisis=FakeCrisisScreen(RuntimeError(RAW)))
    assert await consultant.danger(RAW) == CrisisReferral(SCREEN_FAILED)
    assert "Quillfeather" not in "\n".join(log_lines)


@pytest.mark.parametrize(
    "question", ["my client texted that he will kill himself tonight, he has pills", "hello there"]
)
async def test_reading_for_danger_alone_says_the_same_as_the_whole_path(services: Services, question: str) -> None:
    outcome = (await services.consultant.answer(question)).outcome
    found = await services.consultant.danger(question)
    assert found == (outcome if isinstance(outcome, CrisisReferral) else None)


@pytest.mark.parametrize("models", [True, False])
async def test_without_models_the_built_in_writer_writes_and_no_model_reads_anything(
    stages: Stages, *, models: bool
) -> None:
    unit = stages.corpus.cards[0].units[0]
    reworded = Statement(unit.text.replace(",", ", and", 1) + " ", (unit.id,))
    by_model = replace(draft_of(reworded), prompt=PromptUsed("answer", 1, "0123456789ab"))
    read: list[tuple[str, str]] = []
    own = FakeWriter(journal=stages.journal)
    consultant = stages.consultant(
        writer=FakeWriter(by_model, journal=read),
        own_writer=own,
        grounder=Grounder(judge=FakeJudge(read)),
        second_look=FakeSecondReader(CALM, journal=read),
    )
    outcome = (await consultant.answer(RAW, models=models)).outcome
    assert isinstance(outcome, Answered)
    assert bool(read) is models
    assert bool(own.passages) is not models
    assert models or outcome.judge is None


async def test_without_models_no_second_model_judges_whoever_wrote(stages: Stages) -> None:
    unit = stages.corpus.cards[0].units[0]
    by_model = replace(draft_of(Statement(unit.text + " ", (unit.id,))), prompt=PromptUsed("answer", 1, "0123456789ab"))
    judge = FakeJudge()
    grounder = Grounder(judge=judge)
    assert (await grounder.ground(by_model, [unit], judged=False)).judge is None
    assert judge.journal == []
    assert (await grounder.ground(by_model, [unit])).judge == "fake:judge"


@pytest.mark.parametrize(("models", "asked"), [(True, "Which session was it?"), (False, CLARIFY)])
async def test_without_models_a_thin_question_is_asked_back_in_our_own_words(
    stages: Stages, *, models: bool, asked: str
) -> None:
    clarifier = FakeClarifier("Which session was it?")
    consultant = stages.consultant(retriever=FakeRetriever(Retrieved((), {})), clarifier=clarifier)
    outcome = (await consultant.answer("help please", models=models)).outcome
    assert isinstance(outcome, Abstained)
    assert outcome.clarify == asked
    assert bool(clarifier.journal) is models


async def test_whoever_watches_is_told_each_stage_when_it_begins(stages: Stages) -> None:
    told: list[str] = []
    consultation = await stages.consultant().answer(RAW, watch=told.append)
    assert told == [stage for stage in consultation.milliseconds if stage != "total"]
