"""The built site: everything of the cards is in it, every link leads somewhere, and nobody's files are lost."""

import datetime as dt
import importlib.util
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.errors import FixInput, InstallExtra
from bot.site import build
from bot.site.build import MANIFEST, build_site
from bot.site.cards import card_page
from bot.site.lists import crisis_page, review_page
from knowledge.entry import Corpus, Review
from knowledge.loader import load_corpus
from knowledge.review import CRISIS_TEXT, Reviewable
from knowledge.screens import load_safety_texts
from tests.cli.process import Program
from tests.knowledge.small import card_file, small_corpus, write_corpus

_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}


class _Page(HTMLParser):
    """What one page holds: its anchors, its links, and what a browser fetches for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        self.links += [values["href"]] if tag == "a" and "href" in values else []
        self.fetched += [values[_FETCHED[tag]]] if _FETCHED.get(tag) in values else []


@pytest.fixture(scope="module")
def read(pages: Path) -> dict[str, _Page]:
    """Every page by its path, but for the one that servers show where nothing was found; it stands at any depth."""
    paths = [path for path in pages.rglob("*.html") if path.name != "404.html"]
    return {path.relative_to(pages).as_posix(): _Page(path.read_text(encoding="utf-8")) for path in paths}


def test_every_internal_link_leads_to_a_page_and_an_anchor_that_are_there(pages: Path, read: dict[str, _Page]) -> None:
    broken = set()
    for name, page in read.items():
        for href in page.links:
            target, _, anchor = href.partition("#")
            if re.match(r"^(?:[a-z]+:|//)", target):
                continue
            path = (pages / name).parent / target if target else pages / name
            there = read.get(path.resolve().relative_to(pages.resolve()).as_posix())
            if there is None or (anchor and anchor not in there.anchors):
                broken.add((name, href))

    assert broken == set()


def test_links_that_lead_elsewhere_are_those_of_the_sources(read: dict[str, _Page], corpus: Corpus) -> None:
    known = {source.url for source in corpus.sources.values()}
    known |= {f"https://doi.org/{source.doi}" for source in corpus.sources.values() if source.doi}
    elsewhere = {href for page in read.values() for href in page.links if "//" in href}

    assert elsewhere <= known
    assert len(elsewhere) > len(corpus.sources) / 2


def test_nothing_is_fetched_from_elsewhere(pages: Path, read: dict[str, _Page]) -> None:
    assert {href for page in read.values() for href in page.fetched if re.match(r"^(?:[a-z]+:|//)", href)} == set()
    styles = "".join(path.read_text(encoding="utf-8") for path in pages.rglob("*.css"))
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", styles) == []


def test_every_unit_has_an_anchor_and_every_card_its_page(read: dict[str, _Page], corpus: Corpus) -> None:
    for unit in corpus.units.values():
        assert unit.id.partition("#")[2] in read[f"cards/{unit.card_id}.html"].anchors
    assert set(corpus.topics) <= read["topics.html"].anchors
    assert set(corpus.sources) <= read["sources.html"].anchors
    assert len([name for name in read if name.startswith("cards/")]) == len(corpus.cards)


def test_a_source_leads_to_the_cards_that_use_it(read: dict[str, _Page], corpus: Corpus) -> None:
    users = {f"cards/{card.id}.html" for card in corpus.cards if "rhodes2024" in card.head.sources}

    assert users
    assert users <= set(read["sources.html"].links)


def test_a_card_says_who_reviewed_it_and_how_to_cite_it(corpus: Corpus) -> None:
    card = corpus.by_id["humor"]
    review = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=dt.date(2026, 11, 1))
    reviewed = replace(card, head=card.head.model_copy(update={"review": review}))

    assert "Not yet reviewed by a clinician" in card_page(card, corpus, "1.2.3")
    text = card_page(reviewed, corpus, "1.2.3")
    assert "Reviewed: supervisor, LPC-S, Texas, 2026-11-01" in text
    assert (
        '```text\n"A joke that hurt or fell flat" (card humor). Supervision assistant, knowledge base, version 1.2.3.'
        " Article; reviewed by supervisor, LPC-S, Texas, 2026-11-01. CC BY 4.0.\n```"
    ) in text


def test_the_review_page_lists_crisis_texts_first_and_reviewed_cards_before_the_others(corpus: Corpus) -> None:
    humor = corpus.by_id["humor"]
    review = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=dt.date(2026, 11, 1))
    reviewed = replace(humor, head=humor.head.model_copy(update={"review": review}))
    others = tuple(card for card in corpus.cards if card is not humor)
    crisis = Reviewable("steps/suicide", CRISIS_TEXT, "Pick up the phone", Path("suicide.md"), "sha256:0", review)
    text = review_page(replace(corpus, cards=(*others, reviewed)), [crisis])

    assert f"1 of {len(corpus.cards)} cards were read" in text
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", text)
    assert [row[1] for row in rows[:2]] == ["crisis text", "situation"]
    assert [("Texas" in row[2]) for row in rows[:3]] == [True, True, False]


def test_the_crisis_page_holds_every_text_of_a_region_with_its_numbers_in_place() -> None:
    texts = load_safety_texts("us")
    texts = replace(texts, caution=f"{texts.caution}\n-# Nobody has reviewed this.")
    page = crisis_page([texts])

    for text in (*texts.other.values(), texts.other_limits, texts.own, texts.own_limits):
        assert all(line.removeprefix("-# ") in page for line in text.splitlines())
    assert "\n\n*Nobody has reviewed this.*" in page
    assert "{" not in re.sub(r"\{#[a-z-]+\}", "", page)


def test_a_site_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "new" / "pages"
    out.mkdir(parents=True)
    build_site(small_corpus(tmp_path / "cards"), out)
    path = card_file(tmp_path / "cards", "silence")
    path.write_text(path.read_text(encoding="utf-8").replace("What to do about silence", "'<b>&*_*'"), encoding="utf-8")
    second = build_site(load_corpus(tmp_path / "cards"), out)

    assert second == len(list(out.rglob("*.html"))) - 1
    assert "<h1" in (out / "cards" / "silence.html").read_text(encoding="utf-8")
    assert "&#60;b&#62;&#38;&#42;&#95;&#42;" in (out / "cards" / "silence.html").read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["pages"]


@pytest.mark.parametrize("kept", ["mine.txt", "cards/mine.txt"])
def test_a_folder_with_a_file_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, kept: str) -> None:
    corpus = small_corpus(tmp_path / "cards")
    (tmp_path / "out" / "cards").mkdir(parents=True)
    (tmp_path / "out" / MANIFEST).write_text('["site-files.json", "index.html"]')
    (tmp_path / "out" / kept).write_text("mine")

    with pytest.raises(FixInput, match=f"holds a file that is not of an earlier site: {kept}; name a new"):
        build_site(corpus, tmp_path / "out")
    assert (tmp_path / "out" / kept).read_text() == "mine"


@pytest.mark.parametrize("manifest", ["", "{", "[[]]", "3"])
def test_a_folder_whose_list_of_files_is_broken_counts_as_somebody_elses(tmp_path: Path, manifest: str) -> None:
    (tmp_path / MANIFEST).write_text(manifest)

    with pytest.raises(FixInput, match="not of an earlier site"):
        build_site(Corpus((), {}, (), ""), tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")

    with pytest.raises(FixInput, match="out is a file; name a folder"):
        build_site(Corpus((), {}, (), ""), tmp_path / "out")
    with pytest.raises(FixInput, match=r"cannot be put at .* \((?:not a directory|file exists)\)"):
        build_site(Corpus((), {}, (), ""), tmp_path / "out" / "below")


def test_without_zensical_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(InstallExtra, match=r"not installed; install the extra `site`, as in: pip install"):
        build_site(Corpus((), {}, (), ""), tmp_path / "out")


def test_a_build_that_fails_leaves_the_earlier_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus(tmp_path / "cards")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text('["site-files.json"]')
    monkeypatch.setattr(build, "_CONFIG", "[project\n# {nav}")

    with pytest.raises(InstallExtra, match="Zensical could not build the pages"):
        build_site(corpus, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [MANIFEST]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards", "out"]


def test_the_command_builds_a_folder_of_cards_and_says_where_to_look(program: Program) -> None:
    write_corpus(program.cwd / "cards")
    ran = program.run("site", "pages", "--folder", "cards")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "9 pages. Open pages/index.html in a browser.\n"
    assert (program.cwd / "pages" / "index.html").is_file()
