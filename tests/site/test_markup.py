"""Whatever a card holds is shown as it is and never read as markup."""

import html
import re

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.site.bibliography import reference
from bot.site.markup import heading, link, listing, one_line, page, paragraph, table
from knowledge.entry import Source

_EXTENSIONS = ["attr_list", "toc", "pymdownx.superfences"]
_HOSTILE = st.text(st.sampled_from("ab *_`#[](){}<>&|\\!~:-+1.'\"\n\t\u2028")) | st.text()


def _shown(text: str) -> str:
    """Return what a browser would show of some Markdown, on one line."""
    rendered = markdown.markdown(text, extensions=_EXTENSIONS)
    return one_line(html.unescape(re.sub(r"<[^>]*>", "", rendered)))


@given(_HOSTILE)
def test_a_title_is_shown_as_it_is(text: str) -> None:
    # Markdown keeps two control characters for itself; `one_line` has taken all of them out before.
    assert _shown(page(f"a{text}z")) == one_line(f"a{text}z")


@given(_HOSTILE)
def test_what_stands_in_a_list_a_paragraph_a_link_or_a_table_is_shown_as_it_is(text: str) -> None:
    shown = one_line(text)
    made = [link("x.html", f"a{text}z"), link(text, "az")]
    parts = [listing([("s1", made[0])], "units"), paragraph(made[1]), table(["Kind"], [[made[0]]])]

    assert _shown(page("T", *parts)).replace(" ", "") == f"Ta{shown}zazKinda{shown}z".replace(" ", "")


def test_a_heading_keeps_its_anchor_and_a_list_item_its_own() -> None:
    assert 'id="to-consider"' in markdown.markdown(heading("To consider", 2, "to-consider"), extensions=_EXTENSIONS)
    assert listing([("s1", "x"), ("", "y")], "units") == '<ul class="units">\n<li id="s1">x</li>\n<li>y</li>\n</ul>'


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {
                "author": [{"family": "Muran", "given": "J. Christopher"}, {"family": "Ito-Lee", "given": "Ana-Maria"}],
                "issued": {"date-parts": [[2019, 4]]},
                "container-title": "Psychotherapy",
                "volume": 29,
                "issue": "3",
                "page": "306-319",
                "DOI": "10.1/x<y",
            },
            "Muran, J. C. & Ito-Lee, A. M. (2019). A & B. Psychotherapy, 29(3), 306-319. doi.org/10.1/x<y",
        ),
        ({"author": [{"literal": "The Association"}], "publisher": "Press"}, "The Association. A & B. Press."),
        ({"editor": [{"family": "Only"}], "URL": "https://example.org/a"}, "Only. A & B. example.org/a"),
        ({"issued": {"date-parts": [[2020]]}}, "A & B (2020)."),
    ],
)
def test_a_source_is_named_as_readers_know_it(fields: dict[str, object], shown: str) -> None:
    custom = {"grade": "study", "label": "x"}
    source = Source.model_validate({"id": "x", "type": "book", "title": "A & B", "custom": custom, **fields})

    assert html.unescape(re.sub(r"<[^>]*>", "", reference(source))) == shown
