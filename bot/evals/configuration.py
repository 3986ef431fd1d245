"""What an answer depends on: two runs of the same set compare fairly only where one knows what differs here."""

import hashlib
import json
from pathlib import Path

from bot.consult.builtin_writer import NAME as BUILT_IN
from bot.settings import Settings
from bot.vectors import part_of
from knowledge.manifest import read_manifest
from knowledge.screens.model import load_screen_model

_ROOT = Path(__file__).parents[2]
_ANSWERING = ("bot/consult", "bot/safety", "bot/llm", "knowledge", "prompts")
_SOURCES = frozenset({".py", ".md", ".yaml", ".txt"})

_SHOWN = 12
"""Digits of a digest; a report is read by people."""

_ANSWER_SETTINGS = ("llm_", "embedding_")


def describe(settings: Settings) -> dict[str, str]:
    """Return the parts that make an answer, by name; the index has to be built.

    Raises:
        KnowledgeError: the index or the screens' model cannot be read.
    """
    manifest = read_manifest(settings.data_dir, part_of(settings))
    index = f"{manifest.rows} rows of corpus {manifest.corpus[:_SHOWN]}, layout {manifest.schema}"
    return {
        "embedder": manifest.embedder,
        "index": index,
        "screens": "-".join(digest[:_SHOWN] for digest in load_screen_model().card.sha256.values()),
        "writer": settings.llm_model or BUILT_IN,
        "settings": _settings_digest(settings),
        "region": settings.region,
        "program": program_digest()[:_SHOWN],
    }


def _settings_digest(settings: Settings) -> str:
    """Return a digest of the settings that a model is set up with; its key, a secret, is none of them."""
    kept = settings.model_dump(mode="json", exclude={"llm_api_key"})
    chosen = {name: value for name, value in kept.items() if name.startswith(_ANSWER_SETTINGS)}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:_SHOWN]


def program_digest() -> str:
    """Return a digest of the code, cards, texts and prompts that make an answer."""
    digest = hashlib.sha256()
    for folder in _ANSWERING:
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.suffix in _SOURCES:
                digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
