"""The pages that lead to the cards: the start, kinds, topics, sources, crisis texts and the state of the review."""

from collections.abc import Sequence

from bot.site.bibliography import reference
from bot.site.cards import KIND_TITLES, review_label, topic_title
from bot.site.markup import escaped, heading, link, listing, page, paragraph, table
from knowledge.entry import UNREVIEWED, Card, Corpus, Kind
from knowledge.review import Reviewable
from knowledge.screens import SafetyTexts

_SMALL = "-# "


def start_page(corpus: Corpus) -> str:
    """Return the first page."""
    reviewed = sum(card.head.review != UNREVIEWED for card in corpus.cards)
    rows = [
        (link(f"kinds/{kind}.html", title), str(len(cards)))
        for kind, title in KIND_TITLES.items()
        if (cards := cards_of(kind, corpus))
    ]
    return page(
        "Knowledge base",
        paragraph(
            "Cards for counselors on strain and repair in the alliance. Each says what a moment may be, what to"
            " consider, words to try and what to watch for, with a source for every line. They do not replace a"
            " supervisor, and they are not for clients."
        ),
        paragraph(
            f"{len(corpus.cards)} cards, {len(corpus.units)} units and {len(corpus.sources)} sources."
            f" {link('review.html', 'Reviewed by a clinician')}: {reviewed} of the cards."
        ),
        heading("Ways in", 2, "ways-in"),
        listing(
            [
                ("", "Search, with the field at the top or the key <kbd>/</kbd>, in your own words"),
                ("", f"{link('topics.html', 'By topic')}: {len(corpus.topics)} topics"),
                ("", f"{link('sources.html', 'By source')}: the bibliography, and the cards that use each"),
                ("", f"{link('crisis.html', 'Crisis texts')}: what is shown where someone may be in danger"),
            ],
            "ways",
        ),
        heading("By kind", 2, "by-kind"),
        table(("Kind", "Cards"), rows),
    )


def kind_page(kind: Kind, corpus: Corpus) -> str:
    """Return the page of one kind of card."""
    return page(KIND_TITLES[kind], _cards(cards_of(kind, corpus), "../cards/"))


def topics_page(corpus: Corpus) -> str:
    """Return every topic with its cards, those first that answer it first of all."""
    parts: list[str] = []
    for topic in sorted(corpus.topics):
        cards = [card for card in corpus.cards if topic in card.head.topics]
        cards.sort(key=lambda card: card.head.topics.index(topic))
        parts += [heading(topic_title(topic), 2, topic), _cards(cards, "cards/")]
    return page("Topics", *parts)


def sources_page(corpus: Corpus) -> str:
    """Return the bibliography, and under each source the cards that use it."""
    items = []
    for source in sorted(corpus.sources.values(), key=lambda source: source.custom.label.casefold()):
        users = [card for card in corpus.cards if source.id in card.head.sources]
        used = ", ".join(link(f"cards/{card.id}.html", card.head.title) for card in users) or "no card"
        note = f" {escaped(source.custom.note)}" if source.custom.note else ""
        facts = [f"Grade: {escaped(source.custom.grade)}.{note}", f"Used by: {used}"]
        items.append((source.id, "<br>".join([reference(source), *(f"<small>{fact}</small>" for fact in facts)])))
    return page("Sources", paragraph("Most sources were read in excerpts; notes say so."), listing(items, "refs"))


def crisis_page(regions: Sequence[SafetyTexts]) -> str:
    """Return the texts shown where someone may be in danger, region by region."""
    parts = []
    for texts in regions:
        parts.append(heading(f"Region: {texts.region}", 2, texts.region))
        for name, text in {**texts.other, "self": texts.own, "caution": texts.caution}.items():
            ends = {"self": texts.own_limits, "caution": ""}.get(name, texts.other_limits)
            parts += [heading(topic_title(name), 3, f"{texts.region}-{name}"), _as_markdown(f"{text}\n{ends}")]
    return page(
        "Crisis texts", paragraph("What the program shows, word for word, where someone may be in danger."), *parts
    )


def review_page(corpus: Corpus, crisis: Sequence[Reviewable]) -> str:
    """Return which cards and crisis texts were reviewed, by whom, and which were not.

    Args:
        corpus: the cards.
        crisis: the crisis texts that carry a review state.
    """
    reviewed = sum(card.head.review != UNREVIEWED for card in corpus.cards)
    steps = [
        (link("crisis.html", topic_title(text.id.removeprefix("steps/"))), text.kind, review_label(text.state))
        for text in crisis
    ]
    cards = [
        (link(f"cards/{card.id}.html", card.head.title), escaped(card.head.kind), review_label(card.head.review))
        for card in sorted(corpus.cards, key=lambda card: (card.head.review == UNREVIEWED, card.id))
    ]
    return page(
        "Review",
        paragraph(f"{reviewed} of {len(corpus.cards)} cards were read and accepted by a licensed clinician."),
        paragraph("To review, run <code>supervision-bot cards review</code> in a clone of the repository."),
        table(("Text", "Kind", "Review"), [*steps, *cards]),
    )


def cards_of(kind: Kind, corpus: Corpus) -> list[Card]:
    """Return the cards of one kind by title."""
    return sorted(
        (card for card in corpus.cards if card.head.kind is kind), key=lambda card: card.head.title.casefold()
    )


def _cards(cards: Sequence[Card], folder: str) -> str:
    return listing(
        [
            ("", f"{link(f'{folder}{card.id}.html', card.head.title)} <small>{escaped(card.head.evidence)}</small>")
            for card in cards
        ],
        "cards",
    )


def _as_markdown(text: str) -> str:
    """Return a crisis text as Markdown wants it: a blank line around its list, and small lines in italics."""
    lines: list[str] = []
    for line in text.splitlines():
        shown = f"*{line.removeprefix(_SMALL)}*" if line.startswith(_SMALL) else line
        if not (line[:1].isdigit() and lines and lines[-1][:1].isdigit()):
            lines.append("")
        lines.append(shown)
    return "\n".join(lines).strip()
