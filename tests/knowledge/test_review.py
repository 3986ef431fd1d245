"""Which texts people review, and how a review is written without touching anything else."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.entry import Review
from knowledge.errors import FixCorpus, FixReview
from knowledge.frontmatter import load_yaml, parse_card
from knowledge.loader import PACKAGE_FOLDER
from knowledge.review import Reviewable, find_reviewables, require_writable, with_review, write_review
from tests.knowledge.small import asks_of, card_file, card_text, write_corpus

_CARD = card_text("silence", ["silence"], asks_of("silence", 20))
_REVIEW = Review(role="clinical supervisor", licence="LPC-S", jurisdiction="Texas", date=dt.date(2026, 11, 23))
_WRITTEN = 'review: {role: "clinical supervisor", licence: "LPC-S", jurisdiction: "Texas", date: 2026-11-23}'
_STEPS = "---\nreview: unreviewed\n---\n**Please pick up the phone.**\n1. {emergency}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small corpus with one crisis text."""
    write_corpus(tmp_path)
    (tmp_path / "screens" / "steps").mkdir(parents=True)
    (tmp_path / "screens" / "steps" / "suicide.md").write_text(_STEPS, encoding="utf-8")
    return tmp_path


def _find(folder: Path, name: str) -> Reviewable:
    return next(text for text in find_reviewables(folder) if text.id == name)


def test_crisis_texts_come_first_then_the_cards_by_id(folder: Path) -> None:
    texts = find_reviewables(folder)

    assert [text.id for text in texts] == ["steps/suicide", "anger", "lateness", "silence"]
    assert [text.kind for text in texts] == ["crisis text", "concept", "concept", "concept"]
    assert texts[0].title == "Please pick up the phone."
    assert texts[1].title == "What to do about anger"
    assert not any(text.reviewed for text in texts)


def test_a_text_without_a_review_key_is_nobodys_to_review(folder: Path) -> None:
    for name, content in {
        "plain": "**Steps**\n",
        "other": "---\nregion: us\n---\nSteps\n",
        "open": "---\nreview: x",
    }.items():
        (folder / "screens" / "steps" / f"{name}.md").write_text(content, encoding="utf-8")

    assert [text.id for text in find_reviewables(folder)][:2] == ["steps/suicide", "anger"]


def test_a_review_is_written_and_read_back_and_nothing_else_changes(folder: Path) -> None:
    path = card_file(folder, "silence")
    before = path.read_bytes()
    path.chmod(0o640)

    write_review(_find(folder, "silence"), _REVIEW)

    assert path.read_bytes() == before.replace(b"review: unreviewed", _WRITTEN.encode())
    assert path.stat().st_mode & 0o777 == 0o640
    assert _find(folder, "silence").state == _REVIEW
    assert [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")] == []


def test_a_crisis_text_takes_a_review_too(folder: Path) -> None:
    write_review(_find(folder, "steps/suicide"), _REVIEW)

    text = (folder / "screens" / "steps" / "suicide.md").read_text(encoding="utf-8")
    assert text == _STEPS.replace("review: unreviewed", _WRITTEN)


def test_a_review_does_not_change_the_hash_and_any_other_change_does(folder: Path) -> None:
    path = card_file(folder, "silence")
    before = _find(folder, "silence").digest
    write_review(_find(folder, "silence"), _REVIEW)
    reviewed = _find(folder, "silence").digest
    path.write_text(path.read_text(encoding="utf-8").replace("case 3", "case 33"), encoding="utf-8")

    assert reviewed == before
    assert _find(folder, "silence").digest != before


def test_a_text_that_changed_while_it_was_read_is_not_marked_as_reviewed(folder: Path) -> None:
    shown = _find(folder, "silence")
    path = card_file(folder, "silence")
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    with pytest.raises(FixReview, match="has changed since it was shown; read it again"):
        write_review(shown, _REVIEW)


@pytest.mark.parametrize("value", ["checked", "{role: supervisor}", "2026-01-01", "[a]"])
def test_a_review_state_that_is_none_is_refused_with_the_form(folder: Path, value: str) -> None:
    path = card_file(folder, "silence")
    path.write_text(_CARD.replace("unreviewed", value), encoding="utf-8")

    with pytest.raises(FixCorpus, match="write `unreviewed`, or role, licence, jurisdiction and date"):
        find_reviewables(folder)


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    card_file(folder, "silence").write_bytes(b"---\nreview: \xff\n---\n")

    with pytest.raises(FixCorpus, match=r"silence\.md cannot be read"):
        find_reviewables(folder)


def test_an_installed_corpus_is_not_written_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("knowledge.review.__file__", str(tmp_path / "site-packages" / "knowledge" / "review.py"))

    with pytest.raises(FixReview, match="belong to an installed program and are read-only; clone the repository"):
        require_writable(tmp_path / "site-packages" / "knowledge")


def test_a_clone_and_any_folder_of_cards_can_be_reviewed(tmp_path: Path) -> None:
    require_writable(PACKAGE_FOLDER)
    require_writable(tmp_path)


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FixReview, match="cannot be written"):
        require_writable(tmp_path / "nothing")


def test_every_shipped_card_keeps_its_bytes_when_it_is_reviewed(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE_FOLDER / "corpus", tmp_path / "corpus")
    cards = [text for text in find_reviewables(tmp_path) if text.kind != "crisis text"]

    for text in cards:
        data = text.path.read_bytes()
        assert with_review(with_review(data, _REVIEW), None) == with_review(data, None)
        head, reviewed = parse_card(with_review(data, _REVIEW).decode(), text.path.name)
        assert reviewed == []
        assert head is not None
        assert head.head.review == _REVIEW


@pytest.mark.parametrize(
    "value",
    [
        "unreviewed",
        "'unreviewed'   # later",
        '{role: "a, b", licence: LPC, jurisdiction: Ohio, date: 2026-02-03} # "quoted" # twice',
        "\n  role: supervisor # x\n  licence: LPC\n  jurisdiction: Ohio\n  date: 2026-02-03",
        "{role: supervisor,\n  licence: LPC, jurisdiction: Ohio, date: 2026-02-03}",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_value_is_replaced_whatever_form_it_has(value: str, end: str) -> None:
    text = _CARD.replace("unreviewed", value).replace("\n", end)
    reviewed = with_review(text.encode(), _REVIEW).decode()

    before, after = (load_yaml(part.split(f"---{end}")[1]) for part in (text, reviewed))
    assert {**before, "review": None} == {**after, "review": None}
    assert Review.model_validate(after["review"]) == _REVIEW
    assert reviewed.count(" # ") + reviewed.count("#x") >= value.rsplit("date:", maxsplit=1)[-1].count(" # ")
    assert len(reviewed.split(f"---{end}", 2)[2]) == len(text.split(f"---{end}", 2)[2])


_details = st.text(st.sampled_from("abcXYZ éß.'-/&(),+ 0123"), min_size=2, max_size=80)

_bodies = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40)


@given(_details, _details, _details, st.dates(dt.date(2026, 1, 1)), _bodies)
def test_whatever_a_reviewer_is_called_the_file_reads_back(
    role: str, licence: str, jurisdiction: str, day: dt.date, body: str
) -> None:
    try:
        review = Review(role=role, licence=licence, jurisdiction=jurisdiction, date=day)
    except ValidationError:
        return
    title = json.dumps(body, ensure_ascii=False)
    data = f"---\ntitle: {title}\nreview: unreviewed # {{x}}\nkind: move\n---\n{body}".encode()

    written = with_review(data, review)

    values = load_yaml(written.decode().partition("---\n")[2].partition("\n---\n")[0])
    assert Review.model_validate(values["review"]) == review
    assert with_review(written, None) == data


def test_a_text_without_the_key_is_not_written_to() -> None:
    with pytest.raises(ValueError, match="no `review:` key"):
        with_review(b"no front matter", _REVIEW)


@pytest.mark.parametrize("word", ["none", "N/A", "Unlicensed", "student"])
def test_a_review_without_a_licence_is_none(word: str) -> None:
    with pytest.raises(ValidationError, match="only by someone who holds a licence"):
        Review(role="supervisor", licence=word, jurisdiction="Texas", date=dt.date(2026, 1, 1))


def test_a_review_in_a_card_names_the_part_that_is_wrong() -> None:
    text = _CARD.replace("unreviewed", "{role: supervisor, license: LPC, jurisdiction: Texas, date: 2026-01-01}")
    line = text.splitlines().index(next(row for row in text.splitlines() if row.startswith("review:"))) + 1

    assert [str(problem) for problem in parse_card(text, "some/silence.md")[1]] == [
        f"some/silence.md:{line}: review.licence: missing; add their licence, such as LPC-S or LCSW",
        f"some/silence.md:{line}: review.license: unknown key; known are role, licence, jurisdiction, date",
    ]
