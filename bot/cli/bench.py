"""`bench`: this pipeline beside a tutorial pipeline, in quality, time and memory."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_QUESTIONS = Path("tests/evals/tuning.jsonl")


def bench(
    *,
    questions: Annotated[
        Path, typer.Option("--questions", help="Labelled questions, one JSON object a line.")
    ] = _QUESTIONS,
) -> int:
    """Measure this pipeline beside a tutorial pipeline and the least that any costs."""
    from bot.evals.bench import run_bench  # noqa: PLC0415  # Chroma takes seconds to import

    console = Console(highlight=False)
    found = run_bench(questions)
    table = Table("Pipeline", "hit@1", "hit@5", "ms a question", box=None, pad_edge=False)
    for line in found.lines:
        rates = ["" if rate is None else f"{rate:.3f}" for rate in (line.hit_1, line.hit_5)]
        table.add_row(line.name, *rates, f"{line.milliseconds:.1f}")
    console.print(table)
    ratio = found.cold_seconds / found.heavy_seconds
    build = f"{found.build_seconds:.1f} s (target 45); embedded again without a change: {found.rebuild_rows} rows"
    cold = f"{found.cold_seconds:.2f} s, of which its heavy parts alone take {found.heavy_seconds:.2f} s"
    each = ", ".join(f"{name} {spent:.1f}" for name, spent in found.screens.milliseconds.items())
    beside = f"{found.screens.beside:.1f} ms (target 40), with it {found.screens.total:.1f} ms ({each})"
    facts = {
        "Embedding a question": f"{found.embedding:.1f} ms",
        "Retrieval and writer beside it": f"{found.beside_embedding:.1f} ms (target 15)",
        "All screens of a question of 60 words, beside the model's reading": beside,
        "First build of the index": build,
        "Cold `ask`": f"{cold}; ratio {ratio:.2f} (target 1.3)",
        "Peak memory of `ask`": f"{found.cold_megabytes:.0f} MB (target 450)",
    }
    for name, fact in facts.items():
        console.print(f"{name}: {fact}.", soft_wrap=True)
    return 0
