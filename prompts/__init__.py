"""The prompts, one file each, and the one strict way to fill them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent / "templates"
_BRACKETS = str.maketrans(
    dict.fromkeys(
        "<\N{FULLWIDTH LESS-THAN SIGN}\N{SMALL LESS-THAN SIGN}", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
    )
    | dict.fromkeys(
        ">\N{FULLWIDTH GREATER-THAN SIGN}\N{SMALL GREATER-THAN SIGN}", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )
)
_VARIABLE = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")


class PromptError(Exception):
    """A template is missing or malformed, or was given other variables than it declares."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt as it stands in its file.

    Attributes:
        name: the file's name without its ending.
        version: the number in its front matter.
        variables: names that `render` must be given, neither more nor fewer.
        text: the body, with `{{ name }}` where a variable goes.
        digest: the first twelve hexadecimal digits of the file's sha256.
    """

    name: str
    version: int
    variables: frozenset[str]
    text: str
    digest: str

    def render(self, values: Mapping[str, str]) -> str:
        """Fill the template.

        Raises:
            PromptError: a declared variable is missing or another one was given.
        """
        if set(values) != self.variables:
            wanted, given = ", ".join(sorted(self.variables)), ", ".join(sorted(values))
            raise PromptError(f"the prompt {self.name} takes {wanted}; it was given {given or 'nothing'}")
        return _VARIABLE.sub(lambda match: values[match[1]], self.text)


def as_data(text: str) -> str:
    """Return what people wrote so that it cannot close the tags that it stands between in a prompt."""
    return text.translate(_BRACKETS)


def load_template(name: str, folder: Path = _FOLDER) -> Template:
    """Read a template.

    Raises:
        PromptError: there is none of that name, or its declared variables are not those that its body uses.
    """
    path = folder / f"{name}.md"
    try:
        content = path.read_text(encoding="utf-8")
        _, head, text = content.split("---\n", 2)
        front = yaml.safe_load(head)
        version, variables = int(front["version"]), frozenset(front["variables"])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        raise PromptError(f"the prompt {path} is missing or has no front matter with version and variables") from None
    used = set(_VARIABLE.findall(text))
    if used != variables:
        raise PromptError(f"the prompt {name} declares {sorted(variables)} and uses {sorted(used)}; make them equal")
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return Template(name, version, variables, text.strip(), digest)
