"""The fixed texts for danger, by region."""

import re
import shutil
from pathlib import Path

import pytest

from bot.settings import Settings
from knowledge import screens
from knowledge.errors import FixCorpus
from knowledge.screens import TEXTS, SafetyTexts, check_screens, load_safety_texts, regions, steps
from knowledge.screens.languages import load_languages
from knowledge.screens.texts import UNREVIEWED

_SHIPPED = Path(screens.__file__).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped texts that a test may damage."""
    copy = tmp_path / "screens"
    shutil.copytree(_SHIPPED, copy)
    monkeypatch.setattr(screens, "_FOLDER", copy)
    return copy


def _texts(texts: SafetyTexts) -> list[str]:
    return [*texts.other.values(), texts.other_limits, texts.own, texts.own_limits, texts.caution]


@pytest.mark.parametrize("region", sorted(regions()))
def test_every_text_of_a_region_names_its_emergency_number_and_leaves_no_gap(region: str) -> None:
    texts = load_safety_texts(region)

    assert texts.region == region
    assert texts.emergency == regions()[region].emergency.text
    for text in _texts(texts):
        assert texts.emergency in text
        assert "{" not in text
        assert text == text.strip()


def test_the_us_texts_name_911_and_988() -> None:
    texts = load_safety_texts("us")

    assert "911" in texts.other["suicide"]
    assert "988" in texts.other["suicide"]
    assert "988" in texts.own


def test_the_neutral_texts_print_no_countrys_number() -> None:
    assert not re.search(r"\d{3}", "".join(_texts(load_safety_texts("neutral"))))


def test_an_unknown_region_is_told_which_there_are() -> None:
    with pytest.raises(FixCorpus, match="no crisis lines for the region mars; use one of neutral, us"):
        load_safety_texts("mars")


@pytest.mark.parametrize("damage", ["gone", "emptied", "blank", "not UTF-8"])
@pytest.mark.parametrize("name", ["suicide", "abuse", "unknown", "other_limits", "self", "self_limits", "caution"])
def test_the_program_does_not_start_with_a_crisis_text_missing_or_empty(folder: Path, name: str, damage: str) -> None:
    file = folder / "steps" / f"{name}.md"
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes({"emptied": b"", "blank": b" \n", "not UTF-8": b"Call \xff"}[damage])

    with pytest.raises(FixCorpus, match=rf"the crisis text {name}\.md is missing or empty; install the program again"):
        load_safety_texts("us")


_LINE = "{text: x}"
_OTHERS = f"lifeline: {_LINE}\nreporting_line: {_LINE}\n"
_NEEDS = (
    "emergency: Value error, a printed number needs `what`, its official `source` (https) and the date it was `checked`"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff", "it cannot be read"),
        (b"emergency: {", "it cannot be read"),
        (b"emergency: 2026-99-99", "it cannot be read"),
        (b"", "Input should be a valid dictionary"),
        (f'emergency: {{text: "999"}}\n{_OTHERS}'.encode(), _NEEDS),
        (f'emergency: {{text: "999", what: x, source: "https://x.example"}}\n{_OTHERS}'.encode(), _NEEDS),
        (f'emergency: {{text: "999", what: x, checked: 2026-11-23}}\n{_OTHERS}'.encode(), _NEEDS),
        (f'emergency: {{text: "999", source: "http://x.example"}}\n{_OTHERS}'.encode(), "emergency.source: String"),
        (f"emergency: {_LINE}".encode(), "lifeline: Field required"),
        (f"emergency: {_LINE}\n{_OTHERS}extra: 1".encode(), "extra: Extra inputs are not permitted"),
    ],
)
def test_a_region_that_does_not_hold_to_its_form_is_refused_with_a_reason(
    folder: Path, text: bytes, reason: str
) -> None:
    (folder / "regions" / "gb.yaml").write_bytes(text)

    with pytest.raises(FixCorpus, match=rf"regions/gb\.yaml is not usable \(.*{re.escape(reason)}.*mend the file"):
        regions()
    assert [str(problem).partition(" is not")[0] for problem in check_screens(folder)] == [
        "screens/regions:0: file: knowledge/screens/regions/gb.yaml"
    ]


def test_adding_a_region_is_adding_a_file(folder: Path) -> None:
    line = '{text: "999", what: the number, source: "https://www.police.example", checked: 2026-11-23}'
    (folder / "regions" / "xx-1.yaml").write_text(f"emergency: {line}\n{_OTHERS}", encoding="utf-8")

    assert sorted(regions()) == ["neutral", "us", "xx-1"]
    assert "999" in load_safety_texts("xx-1").other["suicide"]
    assert Settings(region="xx-1").region == "xx-1"


def test_without_any_region_the_program_does_not_start(folder: Path) -> None:
    shutil.rmtree(folder / "regions")

    with pytest.raises(FixCorpus, match="no files with crisis lines"):
        load_safety_texts("us")


def test_every_printed_number_has_an_official_page_and_the_day_it_was_checked() -> None:
    for region in regions().values():
        for line in (region.emergency, region.lifeline, region.reporting_line):
            number = any(letter.isdigit() for letter in line.text)
            assert number == (line.source is not None) == (line.checked is not None)


_REVIEWED = "{role: supervisor, licence: LPC-S, jurisdiction: Oregon, date: 2026-11-20}"


def _review(folder: Path, name: str, state: str) -> None:
    file = folder / "steps" / f"{name}.md"
    file.write_text(file.read_text(encoding="utf-8").replace("unreviewed", state, 1), encoding="utf-8")


def test_a_text_that_was_reviewed_says_by_whom(folder: Path) -> None:
    _review(folder, "caution", _REVIEWED)
    _review(folder, "self", _REVIEWED)

    texts = load_safety_texts("us")
    assert texts.caution.endswith("\n-# Reviewed by a supervisor (LPC-S, Oregon), 2026-11-20.")
    assert texts.own_limits.endswith(f"\n-# {UNREVIEWED}")
    assert sum(step.review is None for step in steps().values()) == len(TEXTS) - 2


@pytest.mark.parametrize(
    "state",
    [
        "reviewed",
        "yes",
        "",
        "{role: supervisor}",
        _REVIEWED.replace("2026-11-20", "soon"),
        "unreviewed\nby: me",
    ],
)
def test_a_review_state_that_is_not_understood_is_refused(folder: Path, state: str) -> None:
    _review(folder, "suicide", state)

    with pytest.raises(FixCorpus, match=r"text suicide\.md is not usable: .*review.*; write `review: unreviewed`"):
        load_safety_texts("us")
    assert len(list(check_screens(folder))) == 1


def test_a_text_without_a_review_state_is_refused(folder: Path) -> None:
    (folder / "steps" / "self.md").write_text("Call someone.", encoding="utf-8")

    with pytest.raises(FixCorpus, match="does not start with a block"):
        load_safety_texts("us")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "it cannot be read"),
        ("xx: {name: X}", "a language has either words or a script"),
        ("xx: {name: X, words: a b, script: THAI}", "a language has either words or a script"),
        ("xx: {name: X, words: a b, colour: red}", "Extra inputs are not permitted"),
        ('xx: {name: X, words: a b, sentence: "one\\ntwo"}', "a sentence stands on one line"),
    ],
)
def test_languages_that_do_not_hold_to_their_form_are_refused(folder: Path, text: str | None, reason: str) -> None:
    (folder / "languages.yaml").unlink()
    if text is not None:
        (folder / "languages.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(FixCorpus, match=rf"languages\.yaml is not usable \(.*{reason}"):
        load_languages(folder)
    assert [problem.file for problem in check_screens(folder)] == ["screens/languages.yaml"]


def test_the_shipped_screens_have_no_problem() -> None:
    assert list(check_screens(_SHIPPED)) == []
