"""The site as a person meets it, in headless Chromium, opened from disk: search, keyboard, contrast, paper, phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

_SERIOUS = {"serious", "critical"}
_AXE = {"resultTypes": ["violations"], "preload": False}
_CARD = "cards/humor.html"


class _Visit:
    """A page in a browser, and the addresses that it asked for."""

    def __init__(self, page: Page, root: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.failed: list[str] = []
        self._root = root
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.failed.append(str(error)))

    def open(self, path: str) -> Page:
        self.page.goto(f"{self._root}/{path}")
        return self.page


@pytest.fixture
def visit(browser: Browser, pages: Path) -> Iterator[_Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    visit = _Visit(context.new_page(), pages.as_uri())
    yield visit
    context.close()
    assert [url for url in visit.asked if not url.startswith(pages.as_uri())] == []
    assert visit.failed == []


def _focused(page: Page) -> str:
    """Return what has the focus: its text, or its label."""
    found = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel")
    return " ".join(str(found).split())


def test_search_finds_a_card_by_what_a_counselor_would_type(visit: _Visit) -> None:
    page = visit.open("index.html")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search").or_(page.locator("input[aria-label=Search]")).first
    expect(box).to_be_focused()
    page.keyboard.type("polite laugh", delay=20)
    hit = page.locator(f"a[href*='{_CARD}?h=']").first
    expect(hit).to_be_visible()
    expect(box).to_have_value("polite laugh")
    hit.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("A joke that hurt or fell flat")


def test_the_keyboard_skips_to_the_text_and_reaches_the_search_with_the_focus_in_sight(visit: _Visit) -> None:
    page = visit.open(_CARD)
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(_focused(page))
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
        )
        assert style[0] != "none"
        assert style[1] != "0px"
    assert order[0] == "Skip to content"
    assert "Search" in order

    page = visit.open(_CARD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit: _Visit, scheme: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit.open("index.html")
    assert visit.page.evaluate("document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[scheme]
    for path in ("index.html", _CARD):
        violations = Axe().run(visit.open(path), options=_AXE).response["violations"]
        found = [
            (path, violation["id"], [node["html"][:200] for node in violation["nodes"][:3]])
            for violation in violations
            if violation["impact"] in _SERIOUS
        ]
        assert found == []


def test_a_units_own_address_leads_to_the_unit(visit: _Visit) -> None:
    page = visit.open(f"{_CARD}#c1")

    expect(page.locator("li:target")).to_be_in_viewport()
    expect(page.locator("li:target")).to_contain_text("dark joke about dying")


def test_on_paper_there_is_the_card_and_no_navigation(visit: _Visit) -> None:
    visit.page.emulate_media(media="print")
    page = visit.open(_CARD)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#s1")).to_be_visible()
    expect(page.locator(".asks li").first).to_be_visible()
    for hidden in (".md-banner", ".md-header", ".md-sidebar--primary", "#s1 .anchor"):
        expect(page.locator(hidden).first).to_be_hidden()


@pytest.mark.parametrize("path", [_CARD, "sources.html"])
def test_a_phone_shows_a_page_without_scrolling_sideways(visit: _Visit, path: str) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 800})
    page = visit.open(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_line_to_cite_a_card_by_can_be_copied_with_a_button(visit: _Visit) -> None:
    page = visit.open(_CARD)
    page.get_by_role("button", name="Copy to clipboard").or_(page.locator("button[data-md-type=copy]")).first.click()

    expect(page.get_by_text("Copied to clipboard")).to_be_visible()
