"""The crisis screen: levels, kinds, whose danger it is, and what a thread keeps."""

import pytest

from bot.safety.crisis import CrisisScreen
from bot.safety.danger import DangerReader
from bot.safety.verdicts import CALM, SCREEN_FAILED, Alarm, Audience, Danger, Level
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.model import ScreenModel
from knowledge.tuned import load_tuned_model

_SUICIDE = "My client just texted that she is going to kill herself tonight and has the pills in her hand."
_CALM = "How do I open the next session with her?"
_MONTHS_OF_CALM = (
    "We have been meeting for nine months and it was going well until I forgot our session last month. "
    "I apologised and we talked about what it was like for her. She has been polite since then but a bit flat, "
    "and we mostly talk about work and her new flat. I have been wondering how to bring it up without pushing. "
)


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        (_SUICIDE, Danger.SUICIDE),
        (
            "My client told me he is going to shoot his boss tomorrow and he has a loaded gun in his car.",
            Danger.VIOLENCE,
        ),
        ("A nine year old client just told me her stepdad touches her at night.", Danger.ABUSE),
        (
            "My client called from the bathroom, her boyfriend choked her tonight and he is outside the door.",
            Danger.PARTNER_VIOLENCE,
        ),
        (
            "My client, in my office now, hears voices telling her to hurt people and has not slept in five days.",
            Danger.ACUTE_STATE,
        ),
    ],
)
def test_an_explicit_danger_to_someone_else_is_a_crisis_of_its_kind(
    crisis: CrisisScreen, text: str, danger: Danger
) -> None:
    assert crisis.read(text) == Alarm(Level.CRISIS, danger, Audience.OTHER)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to be here anymore. I want to kill myself after work tonight.",
        "I don\N{RIGHT SINGLE QUOTATION MARK}t want to be here anymore. I want to kill myself after work tonight.",
        "My client followed me to my car and attacked me.",
    ],
)
def test_the_counselors_own_danger_is_a_crisis_of_the_counselor(crisis: CrisisScreen, text: str) -> None:
    assert crisis.read(text) == Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)


@pytest.mark.parametrize(
    "text",
    [
        "This deadline is killing me, how do I say sorry for being late with his letter?",
        "I could just die of embarrassment, I called my client by the wrong name.",
        "My client bombed the exam and killed the mood in group. How do I reconnect?",
        "What does Safran's theory say about ruptures after suicide assessment training?",
        "He rolled his eyes when I asked about the homework. How do I repair it?",
        _CALM,
        _MONTHS_OF_CALM,
    ],
)
def test_figures_of_speech_theory_and_daily_work_are_calm(crisis: CrisisScreen, text: str) -> None:
    assert crisis.read(text) == CALM


def test_danger_in_the_last_clause_of_a_long_message_is_a_crisis(crisis: CrisisScreen) -> None:
    alarm = crisis.read(_MONTHS_OF_CALM + "At the end she said she has the pills counted and wants to die tonight.")

    assert alarm == Alarm(Level.CRISIS, Danger.SUICIDE, Audience.OTHER)


@pytest.mark.parametrize("text", ["the word unalive came up in a crossword"])
def test_an_explicit_cue_with_a_low_score_still_asks_for_caution(
    crisis: CrisisScreen, embedder: MiniLmEmbedder, screen_model: ScreenModel, text: str
) -> None:
    danger = DangerReader(reader=embedder, model=screen_model, tuned=load_tuned_model())
    assert danger.score(text).caution < screen_model.card.caution

    assert crisis.read(text).level is Level.CAUTION


def test_a_cue_of_the_counselors_own_danger_with_a_low_score_keeps_its_audience(crisis: CrisisScreen) -> None:
    alarm = crisis.read("i relapsed")

    assert alarm.level >= Level.CAUTION
    assert (alarm.danger, alarm.audience) == (Danger.COUNSELOR, Audience.SELF)


@pytest.mark.parametrize("empty", ["", " ", "\n\n", "...", "\N{ZERO WIDTH SPACE}"])
def test_a_text_without_words_is_calm(crisis: CrisisScreen, empty: str) -> None:
    assert crisis.read(empty) == CALM


def test_after_a_crisis_only_steps_are_given_until_a_person_has_it(crisis: CrisisScreen) -> None:
    first = crisis.read(_SUICIDE)

    assert crisis.read(_CALM, [_SUICIDE]) == first
    assert crisis.read(_CALM, [_SUICIDE, _CALM, _CALM]) == first


@pytest.mark.parametrize(
    "handed_over",
    [
        "I called my supervisor and she is safe with them now.",
        "The crisis team has her.",
        "she is at the hospital",
    ],
)
def test_once_a_person_has_it_the_thread_keeps_caution(crisis: CrisisScreen, handed_over: str) -> None:
    at_once = crisis.read(handed_over, [_SUICIDE])
    later = crisis.read(_CALM, [_SUICIDE, handed_over, _CALM])

    assert at_once.level is Level.CAUTION
    assert later.level is Level.CAUTION


def test_handing_over_before_the_crisis_does_not_lower_it(crisis: CrisisScreen) -> None:
    assert crisis.read(_CALM, ["I called my supervisor.", _SUICIDE]).level is Level.CRISIS


def test_a_new_crisis_after_handing_over_is_a_crisis_again(crisis: CrisisScreen) -> None:
    thread = [_SUICIDE, "I called my supervisor."]

    assert crisis.read(_SUICIDE, thread).level is Level.CRISIS
    assert crisis.read(_CALM, [*thread, _SUICIDE]).level is Level.CRISIS


def test_a_calm_thread_stays_calm(crisis: CrisisScreen) -> None:
    assert crisis.read(_CALM, ["He rolled his eyes when I asked about the homework.", "How do I repair it?"]) == CALM


def test_one_sentence_of_danger_raises_the_score_of_a_long_calm_message(
    embedder: MiniLmEmbedder, screen_model: ScreenModel
) -> None:
    danger = DangerReader(reader=embedder, model=screen_model, tuned=load_tuned_model())

    for months in (1, 3, 8):
        calm, with_danger = (danger.score(_MONTHS_OF_CALM * months + end) for end in ("", _SUICIDE))
        assert with_danger.crisis > calm.crisis
        assert with_danger.caution > calm.caution


def test_levels_are_ordered_and_a_failed_screen_counts_as_a_crisis() -> None:
    assert Level.CALM < Level.CAUTION < Level.CRISIS
    assert Alarm(Level.CRISIS, Danger.UNKNOWN, Audience.OTHER) == SCREEN_FAILED


def test_the_counselors_own_words_for_it_give_the_steps_whatever_the_score(crisis: CrisisScreen) -> None:
    alarm = crisis.read("I am the counselor and I can't go on, I want to end my life.")
    assert alarm == Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)


def test_danger_in_one_clause_of_a_very_long_message_is_found(crisis: CrisisScreen) -> None:
    calm = " ".join(f"We talked about week {number} of his homework and he shrugged." for number in range(60))
    assert (
        crisis.read(f"{calm} He said she wants to kill herself tonight and has the pills. {calm}").level is Level.CRISIS
    )


@pytest.mark.parametrize("turn", ["A person has it now: my supervisor is on it.", "someone has it now"])
def test_once_a_person_has_it_later_turns_keep_caution_though_that_turn_alone_sounds_like_danger(
    crisis: CrisisScreen, turn: str
) -> None:
    assert crisis.read(_CALM, [_SUICIDE]).level is Level.CRISIS
    assert crisis.read(turn, [_SUICIDE]).level is Level.CAUTION
    assert crisis.read(_CALM, [_SUICIDE, turn]).level is Level.CAUTION
