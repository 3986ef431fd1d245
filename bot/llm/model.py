"""What a model is to us: a prompt goes in, a text comes out, and its failures say whether another try makes sense."""

import json
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from prompts import Template, load_template

_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to ask a model.

    Attributes:
        template: the template that makes up most of it; it names the prompt.
        system: the standing instructions; empty where there are none.
        user: the rendered template.
        schema: what is to come back.
        instructions: the schema in words, for a model that cannot call tools.
    """

    template: Template
    system: str
    user: str
    schema: type[BaseModel]
    instructions: str

    @property
    def tokens(self) -> int:
        """A rough count of the tokens that it costs."""
        return (len(self.system) + len(self.user) + len(self.instructions)) // _CHARACTERS_A_TOKEN


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote.

    Attributes:
        text: a JSON object, where all went well.
        tokens: read and written, as the provider counts them; None where it does not say.
    """

    text: str
    tokens: int | None = None


class ModelTrouble(Exception):  # what befell, not a mistake of the caller
    """A model gave nothing.

    Attributes:
        passing: whether another try at the same model makes sense: it is overloaded or was not reached.
        after: seconds that it asks to be left alone; None where it does not say.
    """

    def __init__(self, kind: str, *, passing: bool, after: float | None = None) -> None:
        super().__init__(kind)
        self.passing = passing
        self.after = after


class Model(Protocol):
    """Anything that answers prompts."""

    @property
    def name(self) -> str:
        """`provider:model`."""

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt.

        Raises:
            ModelTrouble: nothing came; its text holds no word of the prompt.
        """


def make_prompt(name: str, values: dict[str, str], schema: type[BaseModel], *, system: bool = True) -> Prompt:
    """Render a prompt from its template.

    Raises:
        PromptError: the template takes other values.
    """
    template = load_template(name)
    described = json.dumps(_plain(schema.model_json_schema()), separators=(",", ":"))
    return Prompt(
        template=template,
        system=load_template("system").render({}) if system else "",
        user=template.render(values),
        schema=schema,
        instructions=load_template("format").render({"schema": described}),
    )


def _plain(schema: object) -> object:
    """Return a JSON schema without what costs tokens and says nothing."""
    if isinstance(schema, dict):
        kept = {key: _plain(value) for key, value in schema.items() if key != "additionalProperties"}
        return {key: value for key, value in kept.items() if not (key == "title" and isinstance(value, str))}
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema
