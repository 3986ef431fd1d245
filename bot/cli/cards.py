"""`cards`: check, list, show, search and review the knowledge base."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from bot.cli.cardview import print_card
from bot.cli.console import open_console
from bot.cli.review import review
from bot.cli.services import build_services, read_settings
from bot.errors import FixInput
from knowledge.loader import PACKAGE_FOLDER, load_corpus, read_corpus
from knowledge.scenarios import read_scenarios
from knowledge.screens import check_screens

_Folder = Annotated[
    Path,
    typer.Option("--folder", help="Folder with corpus/, topics.txt and sources.yaml.", show_default="the shipped one"),
]


_PIPE_WIDTH = 400

_THREADS = 2
"""Threads of the embedding model; it reads about two hundred suggestions."""


def build_group() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(
        help="Check, list, show, search and review the cards.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command("check")(check)
    group.command("list")(list_cards)
    group.command("show")(show)
    group.command("search")(search)
    group.command("review")(review)
    return group


def check(*, folder: _Folder = PACKAGE_FOLDER) -> int:
    """Check every card, source, topic, scenario, crisis text and line; name file, line and field of each problem."""
    from knowledge.embedding import MiniLmEmbedder  # noqa: PLC0415  # onnxruntime takes a while to import
    from knowledge.quality import check_quality  # noqa: PLC0415
    from knowledge.quality.level import card_grade  # noqa: PLC0415

    corpus, problems = read_corpus(folder)
    screens, scenarios = folder / "screens", folder / "scenarios"
    console = open_console(soft_wrap=True)
    found = 0
    for problem in chain(
        problems,
        check_screens(screens) if screens.is_dir() else (),
        read_scenarios(corpus, scenarios)[1] if scenarios.is_dir() else (),
        check_quality(corpus, folder, MiniLmEmbedder(threads=_THREADS)),
    ):
        console.print(str(problem), markup=False)
        found += 1
    asks = sum(len(card.head.asks) for card in corpus.cards)
    hardest = max((card_grade(card) for card in corpus.cards), default=0.0)
    console.print(
        f"{len(corpus.cards)} cards, {len(corpus.units)} units, {asks} asks, {len(corpus.sources)} sources, "
        f"reading level up to grade {hardest:.1f}: " + (f"{found} problems." if found else "no problems.")
    )
    return 1 if found else 0


def list_cards(*, kind: Annotated[str | None, typer.Option("--kind", help="Only cards of this kind.")] = None) -> int:
    """List the cards with kind, primary topic, evidence and review state."""
    corpus = load_corpus()
    kinds = sorted({card.head.kind.value for card in corpus.cards})
    if kind is not None and kind not in kinds:
        raise FixInput(f"there is no kind of card called {kind}", f"the kinds are {', '.join(kinds)}")
    table = Table(_id_column(), "Kind", "Topic", "Evidence", "Review", box=None, pad_edge=False)
    for card in corpus.cards:
        if kind in (None, card.head.kind.value):
            head = card.head
            table.add_row(card.id, head.kind.value, card.primary_topic, head.evidence, str(head.review))
    _print_table(table)
    return 0


def show(
    card_id: Annotated[str, typer.Argument(metavar="CARD", help="A card's id, as `cards list` prints it.")],
) -> int:
    """Show one card with its sources."""
    corpus = load_corpus()
    card = corpus.by_id.get(card_id)
    if card is None:
        close = [known for known in corpus.by_id if card_id.casefold() in known]
        hint = f"did you mean {', '.join(close[:3])}" if close else "`supervision-bot cards list` lists them"
        raise FixInput(f"there is no card called {card_id}", hint)
    print_card(card, corpus, open_console())
    return 0


def search(term: Annotated[str, typer.Argument(help="Words, as a counselor would type them.")]) -> int:
    """Find the cards nearest to some words."""
    services = build_services(read_settings())
    table = Table(_id_column(), "Title", "Topic", "Score", box=None, pad_edge=False)
    for found in services.retriever.retrieve(term.encode("utf-8", "replace").decode("utf-8")).found:
        table.add_row(found.card.id, found.card.head.title, found.card.primary_topic, f"{found.score:.1f}")
    _print_table(table)
    return 0


def _id_column() -> Column:
    """Return a new column of ids: they are never cut, so that `cards show` takes what is printed.

    A column keeps the cells of the table that it stands in, so it serves one table.
    """
    return Column("Card", overflow="fold")


def _print_table(table: Table) -> None:
    """Print a table, as wide as the terminal; in a pipe or a file each row stays on one line."""
    terminal = open_console().is_terminal
    open_console(markup=False, width=None if terminal else _PIPE_WIDTH).print(table)
