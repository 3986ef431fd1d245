"""Fixtures of the site's tests: the real site, built once a run, and a browser to look at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from bot.site.build import build_site
from knowledge.entry import Corpus
from tests.cli.process import Program

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Path:
    """The site of the shipped cards, built once a run and shared by all workers. Read it, never write it."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "shared-site"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            build_site(corpus, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, which `.ci/run` installs; it is no package of ours, so a clone elsewhere may be without it.

    Closed with its module: while it is open, no other event loop can run in this process.
    """
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        # A browser cannot come from a package index; `.ci/run` installs one, a clone elsewhere need not have it.
        pytest.skip("there is no Chromium here to look at the pages with")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in a folder of its own."""
    return Program(tmp_path, tmp_path / "data")
