"""Loads the corpus: every card, the topics and the sources, checked against one another."""

import hashlib
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.checks import check_corpus
from knowledge.entry import Card, Corpus, Source
from knowledge.errors import FixCorpus
from knowledge.frontmatter import Problem, load_yaml, parse_card

PACKAGE_FOLDER = Path(__file__).parent
"""The folder that holds the shipped corpus, topics.txt and sources.yaml."""


def load_corpus(folder: Path = PACKAGE_FOLDER) -> Corpus:
    """Load the corpus and refuse it where anything in it is wrong.

    Args:
        folder: holds `corpus/**/*.md`, `topics.txt` and `sources.yaml`.

    Raises:
        FixCorpus: a file does not hold to the card format; names the first problem and how many there are.
    """
    corpus, problems = read_corpus(folder)
    if problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise FixCorpus(
            f"the knowledge base is not usable: {problems[0]}{more}", "`supervision-bot cards check` lists all"
        )
    return corpus


def read_corpus(folder: Path = PACKAGE_FOLDER) -> tuple[Corpus, list[Problem]]:
    """Read the corpus with every problem found, whether or not it is usable.

    Raises:
        FixCorpus: the folder holds no corpus at all.
    """
    files = sorted((folder / "corpus").rglob("*.md"))
    if not files:
        raise FixCorpus(f"no cards in {folder / 'corpus'}", "reinstall the program, or point to a folder with cards")
    digest = hashlib.sha256()
    problems: list[Problem] = []
    cards: list[Card] = []
    topics = tuple(_read(folder / "topics.txt", digest, problems).split())
    sources = _read_sources(_read(folder / "sources.yaml", digest, problems), problems)
    for path in files:
        name = path.relative_to(folder / "corpus").as_posix()
        card, found = parse_card(_read(path, digest, problems, name), name)
        problems += found
        cards += [card] if card else []
    cards.sort(key=lambda card: card.id)
    corpus = Corpus(tuple(cards), sources, topics, digest.hexdigest())
    return corpus, problems + list(check_corpus(corpus))


def _read(path: Path, digest: "hashlib._Hash", problems: list[Problem], name: str | None = None) -> str:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        problems.append(Problem(name or path.name, 0, "file", f"{reason}; restore it"))
        return ""
    digest.update(path.name.encode() + b"\0" + data + b"\0")
    return text


def _read_sources(text: str, problems: list[Problem]) -> dict[str, Source]:
    try:
        items = TypeAdapter(list[Source]).validate_python(load_yaml(text) or [])
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        problems.append(Problem("sources.yaml", line, "file", "is not YAML; mend it"))
        return {}
    except ValidationError as error:
        for detail in error.errors(include_input=False):
            field = ".".join(str(part) for part in detail["loc"]) or "file"
            problems.append(Problem("sources.yaml", 0, field, detail["msg"][0].lower() + detail["msg"][1:]))
        return {}
    sources: dict[str, Source] = {}
    for item in items:
        if item.id in sources:
            problems.append(Problem("sources.yaml", 0, item.id, "stands twice; remove one"))
        sources[item.id] = item
    return sources
