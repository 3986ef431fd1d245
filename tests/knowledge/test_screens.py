"""The fixed texts for danger, by region."""

import re
import shutil
from pathlib import Path

import pytest

from knowledge import screens
from knowledge.errors import FixCorpus
from knowledge.screens import SafetyTexts, load_safety_texts, regions

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
    assert texts.emergency == regions()[region].emergency
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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "it cannot be read"),
        (b"\xff", "it cannot be read"),
        (b"us: {", "it cannot be read"),
        (b"us: 2026-99-99", "it cannot be read"),
        (b"", "Input should be a valid dictionary"),
        (
            b'us: {emergency: "911", lifeline: a line, reporting_line: "", sources: []}',
            "a printed number needs an official source",
        ),
        (b'us: {emergency: "911", sources: []}', "Field required"),
        (
            b"us: {emergency: a number, lifeline: a line, reporting_line: x, sources: [], extra: 1}",
            "Extra inputs are not permitted",
        ),
        (
            b'us: {emergency: "911", lifeline: x, reporting_line: x, sources: [{what: x, url: "http://x.example", checked: 2026-11-23}]}',  # noqa: E501  # a whole line of YAML
            "String should match pattern",
        ),
    ],
)
def test_lines_that_do_not_hold_to_their_form_are_refused_with_a_reason(
    folder: Path, text: bytes | None, reason: str
) -> None:
    if text is None:
        (folder / "lines.yaml").unlink()
    else:
        (folder / "lines.yaml").write_bytes(text)

    with pytest.raises(FixCorpus, match=rf"lines\.yaml is not usable \(.*{re.escape(reason)}.*restore the file"):
        regions()


def test_every_printed_number_has_an_official_page_and_the_day_it_was_checked() -> None:
    for lines in regions().values():
        assert bool(lines.sources) == any(letter.isdigit() for letter in lines.emergency + lines.lifeline)
        assert all(source.url.startswith("https://") and source.checked.year >= 2026 for source in lines.sources)
