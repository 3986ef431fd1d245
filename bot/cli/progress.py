"""Shows how far long work is: a bar on a terminal, one plain line elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.console import open_console


@contextmanager
def counted(title: str, noun: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function to call with what is done and what there is in all; nothing is shown while that is 0.

    Args:
        title: what is done, such as `Building the index`.
        noun: of what, in the plural.
    """
    console = open_console(stderr=True)
    live = console.is_terminal and console.color_system is not None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not live) as bar:
        task = bar.add_task(title, total=None, visible=False)
        told = False

        def progress(done: int, total: int) -> None:
            nonlocal told
            if total and not told and not live:
                console.print(f"{title}: {total} {noun}.")
            told = told or total > 0
            bar.update(task, completed=done, total=total, visible=total > 0)

        yield progress
