"""Makes the parts of the documentation that come from the code; `python -m tests.meta.generated` writes them."""

import io
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli.main import PROGRAM, build_program, main
from bot.evals.metrics import METRICS
from bot.settings import Settings
from knowledge.entry import FrontMatter
from tests.meta.packages import direct_dependencies, licence

REPOSITORY = Path(__file__).parent.parent.parent
README = REPOSITORY / "README.md"
CARDS = REPOSITORY / "docs" / "cards.md"
EVALUATION = REPOSITORY / "docs" / "evaluation.md"
COMMANDS = REPOSITORY / "docs" / "commands.md"
ENV_EXAMPLE = REPOSITORY / ".env.example"

_REGENERATE = "python -m tests.meta.generated"
_HELP_WIDTH = "80"
_DEFAULT_FOLDER = "`supervision-assistant` in the user's data folder"

_COMMANDS_HEAD = f"""# Commands

What `{PROGRAM} --help` says, command by command. This page is made from the program (`{_REGENERATE}`), and a
test keeps it so.

The program is in `.venv/bin` after `make ask` or `make test`; `. .venv/bin/activate` puts it on your path.
"""

_ENV_HEAD = """\
# Settings. Copy this file to .env and take the # away from the lines that you want to change.
# The environment wins over .env. A name that is not one of ours is refused, so a slip is found.
# .env may hold secrets: git ignores it, and it should be readable by you alone (chmod 600 .env).
"""


def settings_table() -> str:
    """Return the settings as a Markdown table of name, default and description."""
    rows = [(f"`{name}`", _default_cell(field), field.description or "") for name, field in _settings()]
    return _table(("Setting", "Default", "What it is"), rows)


def env_example() -> str:
    """Return `.env.example`: every setting, commented out, under its description."""
    paragraphs = [f"# {field.description}\n# {name}={_default_text(field)}\n" for name, field in _settings()]
    return "\n".join([_ENV_HEAD, *paragraphs])


def front_matter_table() -> str:
    """Return the keys of a card's front matter as a Markdown table of key, form and meaning."""
    schema = FrontMatter.model_json_schema()
    definitions = schema.get("$defs", {})
    rows = [
        (f"`{key}`", _form(schema["properties"][key], definitions), field.description or "")
        for key, field in FrontMatter.model_fields.items()
    ]
    return _table(("Key", "Form", "Meaning"), rows)


def metrics_table() -> str:
    """Return the metrics as a Markdown table of name, meaning and good direction."""
    rows = [(f"`{metric.name}`", metric.meaning, "low" if metric.lower_is_better else "high") for metric in METRICS]
    return _table(("Metric", "A value says that", "Good"), rows)


def licence_list() -> str:
    """Return the direct dependencies by licence, as their own metadata state it."""
    by_licence: dict[str, list[str]] = defaultdict(list)
    for requirement in direct_dependencies():
        by_licence[licence(requirement.name) or "not stated"].append(requirement.name)
    lines = [f"- {terms}: {', '.join(sorted(names))}" for terms, names in sorted(by_licence.items())]
    return "\n".join(lines)


def commands_page() -> str:
    """Return docs/commands.md: the help of the program and of every command."""
    sections = [f"## {_title(words)}\n\n```text\n{help_text(*words)}\n```\n" for words in command_words()]
    return "\n".join([_COMMANDS_HEAD, *sections])


def command_words() -> Iterator[tuple[str, ...]]:
    """Yield the words of the program itself and of every command, groups before their commands."""
    yield from _words_of(get_command(build_program()), ())


def help_text(*words: str) -> str:
    """Return what a command prints for --help in a terminal of eighty columns."""
    printed = io.StringIO()
    with patch.dict(os.environ, {"COLUMNS": _HELP_WIDTH}), redirect_stdout(printed):
        status = main([*words, "--help"])
    if status != 0:
        raise ValueError(f"`{_title(words)} --help` ended with status {status}")
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


def block(text: str, name: str) -> str:
    """Return what stands between the marks of a generated block.

    Raises:
        ValueError: the text has no such block.
    """
    found = _block_pattern(name).search(text)
    if found is None:
        raise ValueError(f"there is no block <!-- {name} --> ... <!-- end of {name} -->")
    return found["content"].strip()


def write() -> None:
    """Write every generated file and block."""
    ENV_EXAMPLE.write_text(env_example(), encoding="utf-8")
    COMMANDS.write_text(commands_page(), encoding="utf-8")
    for path, name, content in (
        (README, "settings", settings_table()),
        (README, "licences", licence_list()),
        (CARDS, "front matter", front_matter_table()),
        (EVALUATION, "metrics", metrics_table()),
    ):
        text = path.read_text(encoding="utf-8")
        block(text, name)
        path.write_text(_block_pattern(name).sub(_Filled(content), text), encoding="utf-8")


class _Filled:
    """Puts content between the marks of a block, whatever backslashes it holds."""

    def __init__(self, content: str) -> None:
        self._content = content

    def __call__(self, found: re.Match[str]) -> str:
        return f"{found['begin']}\n\n{self._content}\n\n{found['end']}"


def _block_pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<begin><!-- {name}\b[^>]*-->)\n(?P<content>.*?)\n(?P<end><!-- end of {name} -->)", re.DOTALL
    )


def _settings() -> list[tuple[str, FieldInfo]]:
    return list(zip(Settings.names(), Settings.model_fields.values(), strict=True))


def _default_text(field: FieldInfo) -> str:
    """Return a default as it is written in .env; nothing where there is none or it depends on the machine."""
    value = field.default
    if field.default_factory is not None or value is None or isinstance(value, SecretStr):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _default_cell(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return _DEFAULT_FOLDER
    text = _default_text(field)
    return f"`{text}`" if text else "none"


def _form(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return a key's form in words, from its JSON schema."""
    if "$ref" in schema:
        return _form(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "oneOf" in schema:
        return " or ".join(_form(form, definitions) for form in schema["oneOf"])
    if schema["type"] == "object":
        return "a block of " + ", ".join(f"`{key}`" for key in schema["properties"])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        noun = "ids" if "pattern" in schema["items"] else "lines"
        most = f" to {schema['maxItems']}" if "maxItems" in schema else " or more"
        return f"a list of {schema['minItems']}{most} {noun}"
    line = "an id" if "pattern" in schema else "a line"
    return f"`{schema['const']}`" if "const" in schema else line


def _words_of(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # noqa: ANN401  # typer's own base is private
    yield words
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _words_of(inner, (*words, name))


def _title(words: tuple[str, ...]) -> str:
    return " ".join((PROGRAM, *words))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    write()
