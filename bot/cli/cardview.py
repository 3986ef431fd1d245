"""Shows one card in the terminal, with its sources."""

from rich.console import Console

from knowledge.entry import SECTION_HEADINGS, Card, Corpus


def print_card(card: Card, corpus: Corpus, console: Console, *, all_asks: bool = False) -> None:
    """Print a card.

    Args:
        card: the card.
        corpus: holds its sources.
        console: where to print.
        all_asks: print every question that it answers, not one of them.
    """
    head = card.head
    console.print(f"{head.title}", style="bold", markup=False)
    console.print(
        f"{card.id} · {head.kind} · {', '.join(head.topics)} · {head.evidence} · {head.review}",
        style="dim",
        markup=False,
    )
    for heading, section in SECTION_HEADINGS.items():
        console.print(f"\n{heading}", style="bold")
        for unit in card.section(section):
            cited = ", ".join(f"{c.source}{f' ({c.voice})' if c.voice else ''}" for c in unit.citations)
            console.print(f"- {unit.text} [{cited}]", markup=False)
    console.print(f"\nAsk yourself: {head.reflect}\nBring to supervision: {head.supervision}", markup=False)
    if all_asks:
        console.print("\nQuestions that find it", style="bold")
        console.print("\n".join(f"- {ask}" for ask in head.asks), markup=False)
    else:
        console.print(f"Asks: {len(head.asks)}, such as: {head.asks[0]}", style="dim", markup=False)
    for source_id in head.sources:
        source = corpus.sources[source_id]
        link = f" doi.org/{source.doi}" if source.doi else f" {source.url}" if source.url else ""
        console.print(
            f"[{source_id}] {source.custom.label}: {source.title} ({source.custom.grade}){link}",
            style="dim",
            markup=False,
        )
