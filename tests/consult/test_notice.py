"""The notice before the first answer, and when people see it anew."""

import pytest

from bot.consult.notice import consent_notice, notice_version


def test_the_notice_says_what_it_is_what_is_kept_and_what_discord_gets() -> None:
    text = consent_notice(days=30, model=False, model_notice=None)
    assert "It is no supervisor" in text
    assert "seen by you alone" in text
    assert "supervisors and admins included" in text
    assert "Kept for 30 days:" in text
    assert "Discord itself receives whatever you type" in text
    assert "No language model reads your question" in text


def test_a_single_day_is_told_as_one() -> None:
    assert "Kept for 1 day:" in consent_notice(days=1, model=False, model_notice=None)


@pytest.mark.parametrize("words", [None, "", "  \n "])
def test_a_model_of_which_the_operator_tells_nothing_is_told_of_too(words: str | None) -> None:
    text = consent_notice(days=90, model=True, model_notice=words)
    assert "Ask whoever runs this bot which one, and what it keeps." in text
    assert "built-in writer instead" in text
    assert "No language model" not in text


def test_the_operators_words_stay_one_line_and_braces_in_them_are_words() -> None:
    text = consent_notice(days=90, model=True, model_notice="Runs at {here}.\n- All is well.\n")
    assert "Runs at {here}. - All is well." in text


def test_the_longest_notice_fits_into_one_message() -> None:
    assert len(consent_notice(days=3650, model=True, model_notice="w" * 300)) < 3000


def test_people_see_the_notice_anew_when_the_model_or_what_is_told_of_it_changes() -> None:
    versions = {
        notice_version(model=False, model_notice=None),
        notice_version(model=True, model_notice=None),
        notice_version(model=True, model_notice="one"),
        notice_version(model=True, model_notice="two"),
    }
    assert len(versions) == 4
    assert all(len(version) == 16 for version in versions)


def test_words_on_a_model_that_is_not_there_change_nothing() -> None:
    assert notice_version(model=False, model_notice="one") == notice_version(model=False, model_notice=None)
