"""The timing of the screens: every screen is counted, over questions of sixty words."""

from bot.evals.screen_speed import SCREENS, _of_sixty_words, time_screens

_TEXTS = ["he walked out and i said nothing", "", "she went quiet after i was late, what do i say " * 20]


def test_every_screen_and_the_models_share_of_it_are_timed() -> None:
    speed = time_screens(_TEXTS)

    assert tuple(speed.milliseconds) == SCREENS
    assert all(spent > 0 for spent in speed.milliseconds.values())
    assert 0 < speed.reading < speed.total
    assert speed.beside > 0


def test_questions_are_brought_to_sixty_words() -> None:
    assert [len(_of_sixty_words(_TEXTS, first).split()) for first in range(3)] == [60, 60, 60]
