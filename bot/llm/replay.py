"""A model that answers from a folder of recorded completions, for tests and for scoring any model's answers apart."""

import hashlib
import json
from pathlib import Path

from bot.errors import FixSettings
from bot.llm.model import Completion, ModelTrouble, Prompt

_MISSING = "missing"


class ReplayModel:
    """Answers from FOLDER/HASH.txt; a prompt without one is written to FOLDER/missing/HASH.json."""

    def __init__(self, folder: Path) -> None:
        """Hold the folder.

        Raises:
            FixSettings: it is not there.
        """
        if not folder.is_dir():
            raise FixSettings(f"LLM_MODEL names the folder {folder}, which is not there", "make it, or name another")
        self._folder = folder

    @property
    def name(self) -> str:
        """`replay:FOLDER`, with the folder's own name only."""
        return f"replay:{self._folder.name}"

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer from the folder.

        Raises:
            ModelTrouble: there is no completion for this prompt; the prompt was written out.
        """
        key = prompt_key(prompt)
        try:
            return Completion((self._folder / f"{key}.txt").read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._write_missing(key, prompt)
            raise ModelTrouble("no completion is recorded", passing=False) from None
        except (OSError, UnicodeDecodeError):
            raise ModelTrouble("the recorded completion cannot be read", passing=False) from None

    def _write_missing(self, key: str, prompt: Prompt) -> None:
        folder = self._folder / _MISSING
        written = {
            "prompt": prompt.template.name,
            "version": prompt.template.version,
            "system": prompt.system,
            "user": prompt.user,
            "format": prompt.instructions,
        }
        try:
            folder.mkdir(exist_ok=True)
            (folder / f"{key}.json").write_text(json.dumps(written, indent=1), encoding="utf-8")
        except OSError:
            raise ModelTrouble("the prompt cannot be written out", passing=False) from None


def prompt_key(prompt: Prompt) -> str:
    """Return the name under which a prompt's completion is recorded: a hash of its template's version and its text."""
    parts = [prompt.template.name, prompt.template.version, prompt.system, prompt.user, prompt.instructions]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
