"""Reads a JSON object out of whatever a model wrote: fences, prose around it, trailing commas, an end cut off.

What was cut off is left out whole: half a sentence is no suggestion.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_LONGEST_TEXT = 100_000
_MOST_STARTS = 50
_DEEPEST = 12

_SPACE = re.compile(r"(?:\s|//[^\n]*(?:\n|$))*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"(true|false|null|True|False|None)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPELLED = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}


class UnreadableAnswer(Exception):  # named by what it is for the caller
    """What a model wrote cannot be read; carries no word of it."""


class _CutOff(Exception):  # never leaves this module
    """The text ends, or stops being JSON, inside a value; carries what of it was whole."""

    def __init__(self, whole: Any) -> None:  # noqa: ANN401  # any JSON
        super().__init__()
        self.whole = whole


_NOTHING = object()


def parse_object(text: str, *, wanted: Sequence[str]) -> dict[str, Any]:
    """Return the first JSON object in a text that has one of the wanted keys.

    Of equal keys the last one counts, as in JSON. Of an object that is cut off, the pairs and the list items that were
    whole are kept.

    Args:
        text: what a model wrote; characters past 100,000 are not read.
        wanted: keys by which the object is known.

    Raises:
        UnreadableAnswer: there is none.
    """
    text = text[:_LONGEST_TEXT]
    place = text.find("{")
    for _ in range(_MOST_STARTS):
        if place < 0:
            break
        found = _object_at(text, place)
        if any(key in found for key in wanted):
            return found
        place = text.find("{", place + 1)
    raise UnreadableAnswer("no JSON object with the wanted keys")


def _object_at(text: str, place: int) -> dict[str, Any]:
    try:
        found, _ = _value(text, place, 0)
    except _CutOff as cut:
        found = cut.whole
    return found if isinstance(found, dict) else {}


def _value(text: str, place: int, depth: int) -> tuple[Any, int]:
    """Return the value that starts at a place, and the place after it.

    Raises:
        _CutOff: it does not end.
    """
    place = _after_space(text, place)
    if depth > _DEEPEST:
        raise _CutOff(_NOTHING)
    opening = text[place : place + 1]
    if opening == "{":
        return _object(text, place + 1, depth)
    if opening == "[":
        return _array(text, place + 1, depth)
    if string := _STRING.match(text, place):
        return _unescaped(string[0]), string.end()
    if scalar := _SCALAR.match(text, place):
        spelled = scalar[1]
        return (_SPELLED[spelled] if spelled else float(scalar[0])), scalar.end()
    raise _CutOff(_NOTHING)


def _object(text: str, place: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        place = _after_commas(text, place)
        if text[place : place + 1] == "}":
            return found, place + 1
        key = _STRING.match(text, place)
        colon = _after_space(text, key.end()) if key else place
        if key is None or text[colon : colon + 1] != ":":
            raise _CutOff(found)
        try:
            found[_unescaped(key[0])], place = _value(text, colon + 1, depth + 1)
        except _CutOff as cut:
            # A list keeps its whole items; an object that is cut off inside is half a statement.
            if isinstance(cut.whole, list):
                found[_unescaped(key[0])] = cut.whole
            raise _CutOff(found) from None


def _array(text: str, place: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        place = _after_commas(text, place)
        if text[place : place + 1] == "]":
            return found, place + 1
        try:
            one, place = _value(text, place, depth + 1)
        except _CutOff:
            raise _CutOff(found) from None
        found.append(one)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _after_commas(text: str, place: int) -> int:
    place = _after_space(text, place)
    while text[place : place + 1] == ",":
        place = _after_space(text, place + 1)
    return place


def _unescaped(string: str) -> str:
    try:
        found = json.loads(string, strict=False)
    except ValueError:  # an escape that JSON does not know
        found = string[1:-1]
    return found.encode("utf-8", "replace").decode("utf-8") if isinstance(found, str) else ""
