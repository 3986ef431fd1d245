"""Other languages: how each is recognised, and the sentence that answers it in its own words."""

from functools import cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from knowledge.errors import FixCorpus
from knowledge.frontmatter import load_yaml

_FOLDER = Path(__file__).parent


class Language(BaseModel):
    """One language.

    Attributes:
        name: its English name.
        words: its most common short words, separated by spaces; empty where it has a script of its own.
        script: the first words of its letters' Unicode names, separated by spaces; empty for Latin letters.
        letters: letters that tell it from the others of its script; none for the last one of a script.
        sentence: what a person who writes it is told; empty where we have none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    words: str = ""
    script: str = ""
    letters: str = ""
    sentence: str = ""

    @model_validator(mode="after")
    def _is_recognised_by_words_or_by_script(self) -> "Language":
        if bool(self.words) == bool(self.script):
            raise ValueError("a language has either words or a script")
        if "\n" in self.sentence:
            raise ValueError("a sentence stands on one line")
        return self

    @cached_property
    def common(self) -> frozenset[str]:
        """Its most common words, each once."""
        return frozenset(self.words.split())


def load_languages(folder: Path = _FOLDER) -> dict[str, Language]:
    """Read the languages by their codes, in the order in which they are tried.

    Raises:
        FixCorpus: languages.yaml is missing or does not hold to its format.
    """
    try:
        text = (folder / "languages.yaml").read_text(encoding="utf-8")
        return TypeAdapter(dict[str, Language]).validate_python(load_yaml(text))
    except (OSError, yaml.YAMLError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it cannot be read"
        raise FixCorpus(f"knowledge/screens/languages.yaml is not usable ({reason})", "restore the file") from None
