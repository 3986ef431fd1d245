"""The page of one card."""

from bot.site.bibliography import reference
from bot.site.markup import escaped, heading, link, listing, one_line, page, paragraph
from knowledge.entry import SECTION_HEADINGS, UNREVIEWED, Card, Citation, Corpus, Kind, Review, Unit

KIND_TITLES = {
    Kind.CONCEPT: "Concepts",
    Kind.MARKER: "Markers",
    Kind.MOVE: "Moves",
    Kind.SITUATION: "Situations",
    Kind.SUPERVISION: "Supervision",
    Kind.ETHICS: "Ethics",
    Kind.SAFETY: "Safety",
}
"""What a group of cards of one kind is called."""


def card_page(card: Card, corpus: Corpus, version: str) -> str:
    """Return the page of a card as Markdown.

    Args:
        card: the card.
        corpus: holds its sources.
        version: the program's version, for those who cite the card.
    """
    head = card.head
    parts = [_facts(card)]
    for title, section in SECTION_HEADINGS.items():
        units = ((unit.id.partition("#")[2], _unit(unit, corpus)) for unit in card.section(section))
        parts += [heading(title, 2, title.lower().replace(" ", "-")), listing(units, "units")]
    questions = [f"<b>Ask yourself:</b> {escaped(head.reflect)}"]
    questions += [f"<b>Bring to supervision:</b> {escaped(head.supervision)}"]
    parts += [heading("To reflect on", 2, "reflect"), *(paragraph(question) for question in questions)]
    parts += [heading("Sources", 2, "sources"), listing((("", _source(name, corpus)) for name in head.sources), "refs")]
    parts += [heading("Cite this card", 2, "cite"), f"```text\n{citation(card, version)}\n```"]
    parts += [heading("Questions that find this card", 2, "asks")]
    parts += [listing((("", escaped(ask)) for ask in head.asks), "asks")]
    return page(head.title, *parts)


def citation(card: Card, version: str) -> str:
    """Return how to cite a card: its title, its id, the version, the licence and the state of its review."""
    state = "not reviewed by a clinician" if card.head.review == UNREVIEWED else f"reviewed by {card.head.review}"
    title = one_line(card.head.title).replace("`", "'")
    return (
        f'"{title}" (card {card.id}). Supervision assistant, knowledge base, version {version}.'
        f" {card.head.evidence.capitalize()}; {state}. CC BY 4.0."
    )


def review_label(review: Review | str) -> str:
    """Return a review state as HTML."""
    if review == UNREVIEWED:
        return '<span class="state unreviewed">Not yet reviewed by a clinician</span>'
    return f'<span class="state reviewed">Reviewed: {escaped(str(review))}</span>'


def topic_title(topic: str) -> str:
    """Return a topic's id as words."""
    words = topic.replace("-", " ")
    return words[0].upper() + words[1:]


def _facts(card: Card) -> str:
    """Return the line under the title: kind, topics, evidence, confidence and review."""
    head = card.head
    kind = link(f"../kinds/{head.kind}.html", head.kind.capitalize())
    topics = ", ".join(link(f"../topics.html#{topic}", topic_title(topic)) for topic in head.topics)
    facts = f"{kind} · {topics} · evidence: {head.evidence} · confidence: {head.confidence}"
    return paragraph(f"{facts}<br>{review_label(head.review)}", "facts")


def _unit(unit: Unit, corpus: Corpus) -> str:
    short = unit.id.partition("#")[2]
    cited = "; ".join(_cited(citation, corpus) for citation in unit.citations)
    anchor = f'<a class="anchor" href="#{short}" aria-label="Link to {unit.id}">{short}</a>'
    return f'{escaped(unit.text)} <span class="cited">[{cited}]</span> {anchor}'


def _cited(cited: Citation, corpus: Corpus) -> str:
    label = corpus.sources[cited.source].custom.label
    text = f"{cited.voice}, in {label}" if cited.voice else label
    return link(f"../sources.html#{cited.source}", text)


def _source(name: str, corpus: Corpus) -> str:
    source = corpus.sources[name]
    return f"{reference(source)} <small>({link(f'../sources.html#{name}', source.custom.grade)})</small>"
