"""How well grounding tells supported statements from others, on written completions with labels by hand.

`python -m bot.evals.grounding` prints the tables of docs/grounding.md. It never
prints a text of the blind half.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.consult.grounding import Grounder, Verdict
from bot.consult.outcome import Draft, PromptUsed, Statement
from bot.llm.parsing import UnreadableAnswer
from bot.llm.schema import read_answer
from bot.safety.screening import load_screens
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.support import SupportModel, load_support_model

SETS = {"tuning": "completions-tuning.jsonl", "blind": "completions-blind.jsonl"}
_EVALS = Path(__file__).parents[2] / "tests" / "evals"


@dataclass(frozen=True, slots=True)
class Judged:
    """One statement of a completion.

    Attributes:
        completion: the completion's id.
        kind: what sort of completion it is.
        supported: the label given by hand.
        kept: whether grounding let it stand.
    """

    completion: str
    kind: str
    supported: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What one half comes to.

    Attributes:
        let_through: unsupported statements that were let through, and all of them.
        dropped: supported statements that were dropped, and all of them.
        precision: citations of kept statements that are right, and all of them.
        cautions: completions of which the cautions of the cards they cite were kept, and all that cite any.
    """

    let_through: tuple[int, int]
    dropped: tuple[int, int]
    precision: tuple[int, int]
    cautions: tuple[int, int]


def load(name: str) -> list[dict[str, Any]]:
    """Return the completions of one half."""
    lines = (_EVALS / SETS[name]).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def labelled(name: str) -> list[tuple[Statement, str, bool]]:
    """Return the statements of one half that cite what was retrieved, each with its question and its label."""
    found: list[tuple[Statement, str, bool]] = []
    for record in load(name):
        labels = {one["text"].strip(): one["label"] == "supported" for one in record["statements"]}
        found += [
            (one, record["question"], labels.get(one.text.strip(), False))
            for one in _statements(record)
            if one.text.strip() and one.cites and set(one.cites) <= set(record["passages"])
        ]
    return found


def build_grounder(corpus: Corpus, support: SupportModel | None = None) -> Grounder:
    """Return grounding as the program has it, without a judge.

    Args:
        corpus: the cards.
        support: weighs meaning; None while it is still being fitted.
    """
    embedder = MiniLmEmbedder()
    return Grounder(corpus=corpus, reader=embedder, support=support, privacy=load_screens(embedder).privacy)


def judge_all(records: Sequence[dict[str, Any]], corpus: Corpus, grounder: Grounder) -> list[Judged]:
    """Read and judge every statement that can be read out of the completions."""
    return [judged for record in records for judged, _ in _judged(record, corpus, grounder)]


def _judged(record: dict[str, Any], corpus: Corpus, grounder: Grounder) -> Iterator[tuple[Judged, Statement]]:
    labels = {one["text"].strip(): one["label"] == "supported" for one in record["statements"]}
    allowed = {cite: corpus.units[cite] for cite in record["passages"]}
    for statement in _statements(record):
        verdict = grounder.verdict(statement, allowed, record["question"])
        supported = labels.get(statement.text.strip(), False)
        yield Judged(record["id"], record["kind"], supported, verdict is Verdict.GROUNDED), statement


def _statements(record: dict[str, Any]) -> list[Statement]:
    try:
        answer = read_answer(record["completion"])
    except UnreadableAnswer:
        return []
    drafted = [*([answer.reading] if answer.reading else []), *answer.suggestions]
    return [Statement(one.text, tuple(one.cites)) for one in drafted]


def figures(judged: Sequence[Judged], cautions: tuple[int, int]) -> Figures:
    """Count."""
    kept = [one for one in judged if one.kept]
    unsupported = [one for one in judged if not one.supported]
    supported = [one for one in judged if one.supported]
    return Figures(
        let_through=(sum(one.kept for one in unsupported), len(unsupported)),
        dropped=(sum(not one.kept for one in supported), len(supported)),
        precision=(sum(one.supported for one in kept), len(kept)),
        cautions=cautions,
    )


def cautions_kept(records: Sequence[dict[str, Any]], corpus: Corpus) -> tuple[int, int]:
    """Count the completions of which a caution of every card they cite is shown, and all that cite any.

    Meaning is not measured, so that more statements stay and more cards are cited.
    """
    grounder = Grounder()
    kept = cited = 0
    for record in records:
        units = [corpus.units[cite] for cite in record["passages"]]
        spare = Draft((), None, None, None, "", "", "built-in")
        draft = Draft(
            tuple(_statements(record)), None, None, None, "", "", "m", prompt=PromptUsed("answer", 1, "0"), spare=spare
        )
        shown = asyncio.run(grounder.ground(draft, units, question=record["question"])).draft
        cards = {cite.partition("#")[0] for one in shown.suggestions for cite in one.cites}
        watched = {corpus.units[cite].card_id for cite in (shown.watch.cites if shown.watch else ())}
        if cards:
            cited += 1
            kept += cards <= watched
    return kept, cited


def table(found: dict[str, Figures]) -> str:
    """Return the figures as a Markdown table."""
    rows = [
        ("unsupported let through", "let_through"),
        ("supported dropped", "dropped"),
        ("citation precision", "precision"),
    ]
    rows.append(("cautions of cited cards kept", "cautions"))
    lines = ["| figure | " + " | ".join(found) + " |", "| --- |" + " --- |" * len(found)]
    for title, name in rows:
        cells = []
        for one in found.values():
            hits, of = getattr(one, name)
            cells.append(f"{hits} of {of} ({_rate(hits, of)})")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def by_kind(judged: Sequence[Judged]) -> str:
    """Return the counts by kind of completion as a Markdown table."""
    counts: dict[str, Counter[str]] = {}
    for one in judged:
        label = "supported" if one.supported else "unsupported"
        counts.setdefault(one.kind, Counter()).update([label, *([f"{label} kept"] if one.kept else [])])
    lines = ["| kind | supported kept | unsupported let through |", "| --- | --- | --- |"]
    lines += [
        f"| {kind} | {found['supported kept']} of {found['supported']} "
        f"| {found['unsupported kept']} of {found['unsupported']} |"
        for kind, found in sorted(counts.items())
    ]
    return "\n".join(lines)


def _rate(hits: int, of: int) -> str:
    return f"{hits / of:.3f}" if of else "-"


def main(words: Sequence[str]) -> None:
    """Print the tables of the halves that are named, of both where none is."""
    corpus = load_corpus()
    grounder = build_grounder(corpus, load_support_model())
    found: dict[str, Figures] = {}
    everything: dict[str, list[Judged]] = {}
    for name in words or SETS:
        records = load(name)
        everything[name] = judge_all(records, corpus, grounder)
        found[name] = figures(everything[name], cautions_kept(records, corpus))
    print(table(found))  # noqa: T201  # a command
    for name, judged in everything.items():
        print(f"\n{name.capitalize()} half, by kind:\n\n{by_kind(judged)}")  # noqa: T201  # a command


if __name__ == "__main__":
    main(sys.argv[1:])
