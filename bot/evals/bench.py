"""This pipeline beside a tutorial pipeline and beside the least that any pipeline costs, in one run."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Passage
from bot.errors import FixInput, InstallExtra
from bot.evals.judge import first_hit
from bot.evals.questions import Question, answerable, read_questions
from bot.evals.screen_speed import ScreenSpeed, time_screens
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.index import Row, VectorIndex
from knowledge.loader import PACKAGE_FOLDER, load_corpus
from knowledge.retrieval import Retriever
from knowledge.sync import open_retriever, rows_of

_CHUNK_CHARACTERS, _CHUNK_OVERLAP, _TUTORIAL_TOP = 500, 50, 4
_COLD_RUNS = 5

_HEAVY_PARTS = """
import asyncio, json, sys
import chromadb, numpy, onnxruntime, pydantic_settings, rich.console, tokenizers, typer, yaml
from chromadb.config import Settings
from knowledge.embedding import MiniLmEmbedder
from knowledge.lexical import LexicalIndex
MiniLmEmbedder(threads=2).embed(["a question"])
client = chromadb.PersistentClient(path=sys.argv[1], settings=Settings(anonymized_telemetry=False))
client.get_collection("core", embedding_function=None).query(query_embeddings=[[0.05] * 384], n_results=400)
"""

_ASK = """
import resource, sys
from pathlib import Path
from bot.cli.main import main
main(["ask", sys.argv[1]])
status = Path("/proc/self/status")
if status.exists():
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(f"peak {peak}", file=sys.stderr)
"""
"""`ask`, then its own peak memory in megabytes: what a parent is told of a child counts the parent's memory too."""

Search = Callable[[str], Sequence[str]]
"""Takes a question, returns the primary topics of the cards found, best first, each card once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One pipeline's figures.

    Attributes:
        name: which pipeline.
        hit_1: share of questions with a right topic on the first card.
        hit_5: the same among the first five; a pipeline that returns fewer has fewer chances.
        milliseconds: median for one question, embedding included.
    """

    name: str
    hit_1: float | None
    hit_5: float | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """All figures of one run.

    Attributes:
        lines: the pipelines.
        embedding: median milliseconds of embedding one question.
        beside_embedding: median milliseconds of retrieval and writer without it.
        build_seconds: first build of the index.
        rebuild_rows: rows embedded again when nothing changed.
        cold_seconds: best of several runs of `ask` in a fresh process.
        heavy_seconds: best of several runs of a process that only imports and loads the heavy parts.
        cold_megabytes: peak resident memory of `ask`.
        screens: what the screens take for a question of sixty words.
    """

    lines: tuple[Line, ...]
    embedding: float
    beside_embedding: float
    build_seconds: float
    rebuild_rows: int
    cold_seconds: float
    heavy_seconds: float
    cold_megabytes: float
    screens: ScreenSpeed


def run_bench(questions_file: Path) -> Bench:
    """Measure everything over the answerable questions of a file.

    Raises:
        FixInput: the file is no file of labelled questions, or none of them is answerable.
        InstallExtra: the test tools, with LangChain's splitter, are not installed.
    """
    corpus, embedder = load_corpus(), MiniLmEmbedder()
    questions = answerable(read_questions(questions_file, corpus.topics).questions)
    if not questions:
        raise FixInput(f"{questions_file} holds no answerable question", "name a file that does with --questions")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        began = time.perf_counter()
        open_retriever(data, corpus, MiniLmEmbedder(threads=2))
        build_seconds = time.perf_counter() - began
        retriever, again = open_retriever(data, corpus, embedder)
        lines = (
            _measure("supervision-assistant", _ours(retriever), questions),
            _measure("tutorial pipeline", _tutorial(corpus, embedder, data / "tutorial"), questions),
            _measure("floor: embedding and dot product", _floor(corpus, embedder), questions, quality=False),
        )
        embedding, beside = _parts(retriever, questions)
        database = next((data / "index").glob("vectors-*"))
        heavy, _ = _cold([sys.executable, "-c", _HEAVY_PARTS, str(database)], data)
        cold, megabytes = _cold([sys.executable, "-c", _ASK, questions[0].text], data)
    speed = time_screens([question.text for question in questions])
    return Bench(lines, embedding, beside, build_seconds, again.embedded, cold, heavy, megabytes, speed)


def _measure(name: str, search: Search, questions: Sequence[Question], *, quality: bool = True) -> Line:
    search(questions[0].text)
    ranks, spent = [], []
    for question in questions:
        began = time.perf_counter()
        topics = search(question.text)
        spent.append((time.perf_counter() - began) * 1000)
        ranks.append(first_hit(question.expect.topics, topics))
    rates = [statistics.mean(0 < rank <= within for rank in ranks) if quality else None for within in (1, 5)]
    return Line(name, rates[0], rates[1], statistics.median(spent))


def _ours(retriever: Retriever) -> Search:
    writer = BuiltInWriter()

    def search(question: str) -> list[str]:
        retrieved = retriever.retrieve(question)
        writer.compose([Passage(found.card, found.score) for found in retrieved.found], retrieved)
        return [found.card.primary_topic for found in retrieved.found]

    return search


def _tutorial(corpus: Corpus, embedder: MiniLmEmbedder, folder: Path) -> Search:
    """Split the cards' files as tutorials do, embed the chunks, ask Chroma for the nearest four."""
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415  # a test tool only
    except ImportError:
        raise InstallExtra("the comparison needs LangChain's text splitter", "run it as `make bench`") from None
    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK_CHARACTERS, chunk_overlap=_CHUNK_OVERLAP)
    rows = []
    for card in corpus.cards:
        text = (PACKAGE_FOLDER / "corpus" / card.path).read_text(encoding="utf-8").split("\n---\n", 1)[1]
        chunks = splitter.split_text(f"{card.head.title}\n\n{text}")
        rows += [Row(f"{card.id}#c{number}", card.id, "chunk", chunk, "") for number, chunk in enumerate(chunks)]
    index = VectorIndex(folder)
    index.upsert(rows, embedder.embed([row.text for row in rows]))

    def search(question: str) -> list[str]:
        hits = index.nearest(embedder.embed([question])[0], _TUTORIAL_TOP)
        cards = dict.fromkeys(card for card, _ in hits)
        return [corpus.by_id[card].primary_topic for card in cards]

    return search


def _floor(corpus: Corpus, embedder: MiniLmEmbedder) -> Search:
    texts = [row.text for row in rows_of(corpus)]
    matrix = np.random.default_rng(0).standard_normal((len(texts), 384)).astype(np.float32)

    def search(question: str) -> list[str]:
        np.argmax(matrix @ embedder.embed([question])[0])
        return []

    return search


def _parts(retriever: Retriever, questions: Sequence[Question]) -> tuple[float, float]:
    writer, embedding, beside = BuiltInWriter(), [], []
    for question in questions:
        began = time.perf_counter()
        vector = retriever.embed(question.text)
        embedded = time.perf_counter()
        retrieved = retriever.retrieve_near(question.text, vector)
        writer.compose([Passage(found.card, found.score) for found in retrieved.found], retrieved)
        embedding.append((embedded - began) * 1000)
        beside.append((time.perf_counter() - embedded) * 1000)
    return statistics.median(embedding), statistics.median(beside)


def _cold(command: list[str], data: Path) -> tuple[float, float]:
    """Return the best seconds of several runs of a command, and the largest peak in megabytes that it reported."""
    seconds, megabytes = [], [0.0]
    environment = {**os.environ, "DATA_DIR": str(data)}
    for _ in range(_COLD_RUNS):
        began = time.perf_counter()
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  # our own program
        seconds.append(time.perf_counter() - began)
        megabytes += [float(line.split()[1]) for line in ended.stderr.splitlines() if line.startswith("peak ")]
    return min(seconds), max(megabytes)
