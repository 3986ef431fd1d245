"""Filling in a form as a Discord client does: what is sent when somebody submits it."""

from typing import Any

from tests.loopback.components import LABEL, ROW, SELECTS, TEXT, TEXT_INPUT
from tests.loopback.deeds import choice_data
from tests.loopback.state import Channel, Json, World

_LONGEST = 4000


def fields_of(modal: Json) -> dict[str, Json]:
    """Return the fields of a form by their labels."""
    found = {}
    for each in modal["components"]:
        held = each["component"] if each["type"] == LABEL else next(iter(each.get("components", [])), None)
        if held is not None:
            found[str(each.get("label") or held.get("label"))] = held
    return found


def filled(world: World, channel: Channel, modal: Json, values: dict[str, Any], *, forced: bool) -> Json:
    """Return what a client sends for a form.

    Args:
        world: where it happens.
        channel: where the form opened.
        modal: as the bot sent it.
        values: what goes into the fields, by label or custom id; the rest stays as it is.
        forced: send also what a client would not let a person send.

    Raises:
        AssertionError: there is no such field, or a client would not send that.
    """
    names = {label: field["custom_id"] for label, field in fields_of(modal).items()}
    given = {names.get(name, name): value for name, value in values.items()}
    unknown = set(given) - set(names.values())
    assert not unknown, f"the form has no {sorted(unknown)}; it has {names}"
    filling = _Filling(world, channel, given, forced=forced)
    data = {"custom_id": modal["custom_id"], "components": [filling.part(each) for each in modal["components"]]}
    return {**data, "resolved": filling.resolved} if filling.resolved else data


class _Filling:
    """One form while it is filled in."""

    def __init__(self, world: World, channel: Channel, given: dict[str, Any], *, forced: bool) -> None:
        self.resolved: Json = {}
        self._world = world
        self._channel = channel
        self._given = given
        self._forced = forced

    def part(self, component: Json) -> Json:
        if component["type"] == TEXT:
            return {"type": TEXT, "id": component.get("id", 0)}
        if component["type"] == ROW:
            return {"type": ROW, "components": [self._field(component["components"][0])]}
        return {"type": LABEL, "component": self._field(component["component"])}

    def _field(self, field: Json) -> Json:
        value = self._given.get(field["custom_id"], field.get("value") or "")
        sent: Json = {"type": field["type"], "custom_id": field["custom_id"], "id": field.get("id", 0)}
        if field["type"] in SELECTS:
            chosen = value if isinstance(value, list) else [value] if value else _chosen_before(field)
            choice = choice_data(self._world, self._channel, field, chosen)
            self.resolved |= choice.get("resolved", {})
            return {**sent, "values": choice["values"]}
        if field["type"] == TEXT_INPUT and not self._forced:
            _check_length(field, str(value))
        return {**sent, "value": value}


def _chosen_before(field: Json) -> list[str]:
    return [option["value"] for option in field.get("options", []) if option.get("default")]


def _check_length(field: Json, value: str) -> None:
    least = field.get("min_length") or (1 if field.get("required", True) else 0)
    may_stay_empty = not value and not field.get("required", True)
    fits = may_stay_empty or least <= len(value) <= (field.get("max_length") or _LONGEST)
    assert fits, f"a client would not send {len(value)} characters in {field['custom_id']!r}"
