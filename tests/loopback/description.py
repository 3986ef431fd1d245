"""Checks bodies against Discord's own description of its API, where that file is at hand.

The file belongs to Discord and is not kept in this repository. `DISCORD_OPENAPI` names it; else it is looked for as
`shared/discord/openapi.json` beside each folder above the project. Without it the stand-in's own checks hold alone.
"""

import json
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.conftest import REPOSITORY
from tests.loopback.refusals import Refused, invalid_form

_ROOT = "urn:discord"
_JSON = "application/json"
_RECORD = re.compile(r"\b[0-9a-f]{32}\b")
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def find_description() -> Path | None:
    """Return where Discord's description of its API is; None where it is not at hand."""
    named = os.environ.get("DISCORD_OPENAPI")
    if named:
        return Path(named)
    places = (folder / "shared" / "discord" / "openapi.json" for folder in REPOSITORY.parents)
    return next((place for place in places if place.is_file()), None)


@cache
def load_description() -> "Description | None":
    """Return Discord's description, read once; None where it is not at hand."""
    path = find_description()
    return Description(json.loads(path.read_text(encoding="utf-8"))) if path else None


@dataclass(frozen=True)
class _Route:
    pattern: re.Pattern[str]
    named: int
    operations: dict[str, Any]
    pointer: str


@dataclass
class Description:
    """Discord's API description, ready to check with."""

    document: dict[str, Any]
    _routes: list[_Route] = field(init=False)
    _registry: "Registry[Any]" = field(init=False)
    _validators: dict[str, Validator] = field(init=False, default_factory=dict)
    _seen: dict[tuple[str, str], Refused | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        _accept_numbers_as_ids(self.document)
        resource = Resource.from_contents(self.document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_ROOT, resource)
        self._routes = sorted(
            (_route(path, operations) for path, operations in self.document["paths"].items()),
            key=lambda route: route.named,
        )

    def knows(self, method: str, path: str) -> bool:
        """Tell whether there is such a route."""
        return self._find(method, path) is not None

    def check_request(self, method: str, path: str, body: object) -> None:
        """Refuse a body that is not as described.

        Raises:
            Refused: with the place of the fault.
        """
        found = self._find(method, path)
        if found is None:
            raise Refused(404, 0, "404: Not Found")
        route, operation = found
        content = operation.get("requestBody", {}).get("content", {})
        if _JSON in content:
            pointer = f"{route.pointer}/{method.lower()}/requestBody/content/{_escaped(_JSON)}/schema"
            self._check(pointer, body)

    def check_answer(self, method: str, path: str, status: int, body: object) -> None:
        """Refuse an answer of the stand-in that is not as Discord's are.

        Raises:
            Refused: with the place of the fault.
        """
        found = self._find(method, path)
        if found is None:
            raise Refused(404, 0, f"Discord has no {method} {path}")
        route, operation = found
        answers = operation["responses"]
        if status >= 400:
            return
        if str(status) not in answers:
            raise Refused(500, 0, f"Discord does not answer {method} {path} with {status}")
        if _JSON in answers[str(status)].get("content", {}):
            self._check(f"{route.pointer}/{method.lower()}/responses/{status}/content/{_escaped(_JSON)}/schema", body)

    def _find(self, method: str, path: str) -> tuple[_Route, Any] | None:
        for route in self._routes:
            if method.lower() in route.operations and route.pattern.fullmatch(path):
                return route, route.operations[method.lower()]
        return None

    def _check(self, pointer: str, body: object) -> None:
        # Many bodies are alike, a deferral is always the same, and two hundred answers differ by the ids of their
        # records alone, which are nothing to the description: each is read once.
        key = pointer, _RECORD.sub("0" * 32, json.dumps(body, sort_keys=True))
        if key not in self._seen:
            self._seen[key] = self._read(pointer, body)
        refused = self._seen[key]
        if refused is not None:
            raise Refused(refused.status, refused.code, refused.message, refused.errors)

    def _read(self, pointer: str, body: Any) -> Refused | None:  # noqa: ANN401  # any JSON
        if pointer not in self._validators:
            schema = {"$ref": f"{_ROOT}#{pointer}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry)
        error = best_match(self._validators[pointer].iter_errors(body))
        return None if error is None else _refusal(error)


def _refusal(error: ValidationError) -> Refused:
    where = ".".join(str(part) for part in error.absolute_path) or "_"
    return invalid_form(where, error.message[:300], "DESCRIBED_OTHERWISE")


def _route(path: str, operations: dict[str, Any]) -> _Route:
    pieces = re.split(r"(\{[^}]+\})", path)
    pattern = "".join("[^/]+" if piece.startswith("{") else re.escape(piece) for piece in pieces)
    own = {method: operations[method] for method in _METHODS & set(operations)}
    return _Route(re.compile(pattern), path.count("{"), own, f"/paths/{_escaped(path)}")


def _escaped(part: str) -> str:
    """Write a key as a part of a JSON pointer in a fragment."""
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D").replace("@", "%40")


def _accept_numbers_as_ids(schema: object) -> None:
    """Let ids be numbers as well as text, in place: Discord takes both, though only text is described."""
    if isinstance(schema, dict):
        if schema.get("format") == "snowflake":
            schema["type"] = ["string", "integer"]
        for held in schema.values():
            _accept_numbers_as_ids(held)
    elif isinstance(schema, list):
        for held in schema:
            _accept_numbers_as_ids(held)
