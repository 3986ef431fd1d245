"""Words that were written for something else, as a draft."""

from bot.curation.drafts import draft_of
from bot.curation.screening import LONGEST_LINE
from bot.storage.curated import Item


def test_each_line_is_a_point_and_the_title_comes_from_the_question() -> None:
    draft = draft_of("Say it once.\n\n Then ask. ", "my client [name] will not pay for the hour that was missed")
    assert draft.text == (Item("Say it once."), Item("Then ask."))
    assert draft.title == "my client [name] will not pay for the"
    assert draft.asks == ("my client [name] will not pay for the hour that was missed",)


def test_without_a_question_the_first_line_stands_for_it_and_long_lines_are_cut_between_words() -> None:
    draft = draft_of("word " * 1000)
    assert [len(item.text) <= LONGEST_LINE for item in draft.text] == [True] * 3
    assert " ".join(item.text for item in draft.text).split() == ["word"] * 1000
    assert draft.asks == (("word " * 400)[:LONGEST_LINE],)


def test_no_words_make_a_draft_that_is_refused_where_it_is_read() -> None:
    assert draft_of(" ").title == ""
