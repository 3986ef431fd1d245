"""Builds the site: writes the pages, has Zensical build them in a folder apart, and puts the result in its place."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.errors import FixInput, InstallExtra, TryAgainLater
from bot.site.cards import KIND_TITLES, card_page
from bot.site.lists import (
    cards_of,
    crisis_page,
    kind_page,
    review_page,
    sources_page,
    start_page,
    topics_page,
)
from bot.site.markup import one_line
from knowledge.entry import Corpus
from knowledge.loader import PACKAGE_FOLDER
from knowledge.review import CRISIS_TEXT, find_reviewables
from knowledge.screens import load_safety_texts, regions

MANIFEST = "site-files.json"
"""Names every file of a built site, so that a later build takes away its own files and nobody else's."""

_THEME = Path(__file__).parent / "theme"
_ASSETS = ("site.css", "worker-on-disk.js")
_SECONDS = 300

_CONFIG = """\
[project]
site_name = "Supervision assistant: knowledge base"
copyright = "Cards, sources and crisis texts: CC BY 4.0"
use_directory_urls = false
extra_css = ["assets/site.css"]
nav = {nav}

[project.extra]
generator = false

[project.theme]
custom_dir = "theme"
font = false
language = "en"
features = ["content.code.copy", "navigation.indexes", "navigation.prune", "navigation.top", "search.highlight"]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/moon"
toggle.name = "Switch to dark"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/sun"
toggle.name = "Switch to light"

[project.plugins.offline]
[project.plugins.search]

[project.markdown_extensions]
attr_list = {{}}
toc.permalink = true
toc.toc_depth = 2
pymdownx.highlight = {{}}
pymdownx.superfences = {{}}
"""


def build_site(corpus: Corpus, out: Path) -> int:
    """Build the site and put it where it is wanted, in the place of an earlier one.

    Args:
        corpus: the cards and their sources.
        out: the folder; it must be new, empty, or hold a site of ours and nothing else.

    Returns:
        The number of pages.

    Raises:
        InstallExtra: Zensical is not installed, or is one that cannot build our pages.
        FixInput: the folder holds other files or cannot be written.
        TryAgainLater: Zensical took too long.
        KnowledgeError: the crisis texts cannot be read.
    """
    if importlib.util.find_spec("zensical") is None:
        mend = 'install the extra `site`, as in: pip install "supervision-assistant[site]"'
        raise InstallExtra("the pages are built by Zensical, which is not installed", mend)
    out = out.resolve()
    try:
        _refuse_foreign_files(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".site-") as work:
            return _build_in(Path(work), corpus, out)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "no reason was given"
        raise FixInput(f"the site cannot be put at {out} ({reason})", "name another folder") from None


def site_pages(corpus: Corpus) -> dict[str, str]:
    """Return every page as Markdown, by its path.

    Raises:
        KnowledgeError: the crisis texts cannot be read.
    """
    now = _version()
    crisis = [text for text in find_reviewables(PACKAGE_FOLDER) if text.kind == CRISIS_TEXT]
    return {
        "index.md": start_page(corpus),
        "topics.md": topics_page(corpus),
        "sources.md": sources_page(corpus),
        "crisis.md": crisis_page([load_safety_texts(region) for region in sorted(regions(), reverse=True)]),
        "review.md": review_page(corpus, crisis),
        **{f"kinds/{kind}.md": kind_page(kind, corpus) for kind in KIND_TITLES if cards_of(kind, corpus)},
        **{f"cards/{card.id}.md": card_page(card, corpus, now) for card in corpus.cards},
    }


def _version() -> str:
    try:
        return version("supervision-assistant")
    except PackageNotFoundError:
        return "unreleased"


def _refuse_foreign_files(out: Path) -> None:
    """Raise FixInput where a folder holds anything but an earlier site of ours."""
    if not out.exists():
        return
    if not out.is_dir():
        raise FixInput(f"{out} is a file", "name a folder")
    try:
        own = set(json.loads((out / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        own = set()
    names = _files(out) if own else (path.name for path in out.iterdir())
    foreign = next((name for name in names if name not in own), None)
    if foreign is not None:
        raise FixInput(f"{out} holds a file that is not of an earlier site: {foreign}", "name a new or an empty folder")


def _files(folder: Path) -> Iterator[str]:
    """Yield every file and every link below a folder, sorted, as paths relative to it."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    yield from sorted(path.relative_to(folder).as_posix() for path in found)


def _build_in(work: Path, corpus: Corpus, out: Path) -> int:
    pages = site_pages(corpus)
    for name, text in pages.items():
        path = work / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (work / "docs" / "assets").mkdir()
    for name in _ASSETS:
        shutil.copyfile(_THEME / name, work / "docs" / "assets" / name)
    (work / "theme").mkdir()
    shutil.copyfile(_THEME / "main.html", work / "theme" / "main.html")
    (work / "zensical.toml").write_text(_CONFIG.format(nav=_nav(corpus)), encoding="utf-8")
    _run_zensical(work)
    site = work / "site"
    (site / MANIFEST).write_text(json.dumps([MANIFEST, *_files(site)], indent=0), encoding="utf-8")
    if out.exists():
        out.replace(work / "earlier")
    site.replace(out)
    return len(pages)


def _run_zensical(work: Path) -> None:
    words = [sys.executable, "-m", "zensical", "build", "--config-file", "zensical.toml"]
    try:
        ran = subprocess.run(words, cwd=work, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # our own words
    except subprocess.TimeoutExpired:
        raise TryAgainLater(f"Zensical took longer than {_SECONDS} seconds", "run the command again") from None
    if ran.returncode != 0 or not (work / "site" / "index.html").is_file():
        last = one_line(ran.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
        mend = "install the extra `site` again, so that it has the version that we lock"
        raise InstallExtra(f"Zensical could not build the pages ({last or 'it gave no reason'})", mend)


def _nav(corpus: Corpus) -> str:
    """Return the navigation as TOML; its strings are written as JSON's, which TOML reads alike."""

    def entry(title: str, target: str) -> str:
        return f"{{ {json.dumps(one_line(title))} = {target} }}"

    def group(*entries: str) -> str:
        return f"[{', '.join(entries)}]"

    kinds = [
        entry(
            title,
            group(
                json.dumps(f"kinds/{kind}.md"),
                *(entry(card.head.title, json.dumps(f"cards/{card.id}.md")) for card in cards),
            ),
        )
        for kind, title in KIND_TITLES.items()
        if (cards := cards_of(kind, corpus))
    ]
    ends = [("Topics", "topics"), ("Sources", "sources"), ("Crisis texts", "crisis"), ("Review", "review")]
    return group(
        entry("Start", json.dumps("index.md")),
        *kinds,
        *(entry(title, json.dumps(f"{name}.md")) for title, name in ends),
    )
