"""The language screen: other languages are told apart, and what counselors type in English stays English."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.language import LanguageScreen
from knowledge.entry import Corpus
from knowledge.screens.languages import load_languages
from knowledge.screens.model import ScreenModel
from tests.conftest import REPOSITORY

_EVALS = REPOSITORY / "tests" / "evals"
_LEAST_FOUND = 0.96
"""Share of lines in other languages that are recognised as such; measured 0.972 (docs/screens.md)."""


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_EVALS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def screen(screen_model: ScreenModel) -> LanguageScreen:
    return LanguageScreen(load_languages(), screen_model.vocabulary)


def test_other_languages_are_recognised_and_seldom_taken_for_one_another(screen: LanguageScreen) -> None:
    lines = _lines("language-other")
    found = [(line["language"], screen.read(line["text"])) for line in lines]

    assert len(lines) >= 200
    assert len({line["language"] for line in lines}) >= 20
    assert sum(line["danger"] for line in lines) * 2 == len(lines)
    assert sum(read is not None for _, read in found) >= _LEAST_FOUND * len(lines)
    assert sum(read not in (None, language) for language, read in found) <= 2


def test_no_hard_line_in_english_is_taken_for_another_language(screen: LanguageScreen) -> None:
    lines = _lines("language-english")

    assert len(lines) >= 300
    assert [line["id"] for line in lines if screen.read(line["text"])] == []


def test_no_ask_of_a_card_is_taken_for_another_language(screen: LanguageScreen, corpus: Corpus) -> None:
    asks = [ask for card in corpus.cards for ask in card.head.asks]

    assert [ask for ask in asks if screen.read(ask)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "si",
        "no sé",
        "Maria Jose del Carmen de la Cruz",
        "¿¿¿???",
        "\N{CRYING FACE}" * 40,
        "привет",
        "my client said: ella no quiere hablar conmigo. what do i say back to her",
        "\u0441he \u0430sked m\u0435 t\u043e st\u043ep, h\u043ew d\u043e i rep\u0430ir",
        "\uff4d\uff59 \uff43\uff4c\uff49\uff45\uff4e\uff54 \uff57\uff45\uff4e\uff54 \uff51\uff55\uff49\uff45\uff54",
        "\u202ehow do i say sorry to him\u202c",
    ],
)
def test_what_is_short_quoted_or_disguised_stays_english(screen: LanguageScreen, text: str) -> None:
    assert screen.read(text) is None


def test_languages_of_one_script_are_told_apart_by_their_letters(screen: LanguageScreen) -> None:
    assert screen.read("я не знаю что мне делать дальше") == "ru"
    assert screen.read("я не знаю, що мені робити далі їй") == "uk"
    assert screen.read("私はもう限界です、死にたい") == "ja"
    assert screen.read("我不知道该怎么办才好") == "zh"
    assert screen.read("نمی‌دانم چه کار کنم که بهتر شود") == "fa"
    assert screen.read("لا أعرف ماذا أفعل الآن معها") == "ar"


def test_a_languages_own_sentence_is_read_as_no_other_language(screen: LanguageScreen) -> None:
    sentences = {code: language.sentence for code, language in load_languages().items() if language.sentence}

    assert all(screen.read(sentence) in (code, None) for code, sentence in sentences.items())
    assert sum(screen.read(sentence) is None for sentence in sentences.values()) <= 2


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=3000))
def test_any_text_is_read(screen: LanguageScreen, text: str) -> None:
    assert screen.read(text) is None or screen.read(text) in load_languages()
