"""Discord's rules for components, in messages and in modals (API reference, "Component Reference")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.loopback.refusals import Refused, invalid_form
from tests.loopback.state import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, UPLOAD = 17, 18, 19
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
LINK_STYLE = 5

_V2_ONLY = frozenset({SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER})
_TOP_V2 = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER})
_IN_CONTAINER = _TOP_V2 - {CONTAINER}
_IN_LABEL = SELECTS | {TEXT_INPUT, UPLOAD, 21, 22, 23}
MOST_COMPONENTS, MOST_TEXT, MOST_ROWS, MOST_BUTTONS, MOST_OPTIONS = 40, 4000, 5, 5, 25


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component of a tree, parents first, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk([component[key] for key in ("component", "accessory") if component.get(key)])


def check_message_components(components: list[Json], *, v2: bool) -> None:
    """Refuse components that Discord refuses in a message.

    Raises:
        Refused: with the place of the fault.
    """
    _Tree(v2=v2).check(components)


def check_modal(data: Json) -> None:
    """Refuse a modal that Discord refuses.

    Raises:
        Refused: with the place of the fault.
    """
    _length(data.get("custom_id"), "data.custom_id", 1, 100)
    _length(data.get("title"), "data.title", 1, 45)
    components = data.get("components") or []
    if not 1 <= len(components) <= MOST_ROWS:
        raise invalid_form("data.components", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for index, component in enumerate(components):
        _check_in_modal(component, f"data.components.{index}", seen)


def _check_in_modal(component: Json, where: str, seen: set[str]) -> None:
    match component.get("type"):
        case 1:
            held = component.get("components") or []
            if len(held) != 1 or held[0].get("type") != TEXT_INPUT:
                raise _wrong_kind(where)
            _length(held[0].get("label"), f"{where}.components.0.label", 1, 45)
            _check_field(held[0], f"{where}.components.0", seen)
        case 18:
            _length(component.get("label"), f"{where}.label", 1, 45)
            _length(component.get("description") or "-", f"{where}.description", 1, 100)
            held_one = component.get("component") or {}
            if held_one.get("type") not in _IN_LABEL:
                raise _wrong_kind(f"{where}.component")
            if held_one.get("label"):
                raise invalid_form(f"{where}.component.label", "A field in a label has none of its own.")
            _check_field(held_one, f"{where}.component", seen)
        case 10:
            _length(component.get("content"), f"{where}.content", 1, MOST_TEXT)
        case _:
            raise _wrong_kind(where)


def _check_field(component: Json, where: str, seen: set[str]) -> None:
    _custom_id(component, where, seen)
    if component["type"] in SELECTS:
        _check_select(component, where)
    if component["type"] == TEXT_INPUT:
        if component.get("style") not in {1, 2}:
            raise invalid_form(f"{where}.style", "Value must be one of {1, 2}.", "BASE_TYPE_CHOICES")
        _length(component.get("placeholder") or "", f"{where}.placeholder", 0, 100)
        least, most = component.get("min_length") or 0, component.get("max_length") or 4000
        if not 0 <= least <= most <= 4000:
            raise invalid_form(f"{where}.max_length", "Must be between 1 and 4000.")
        _length(component.get("value") or "", f"{where}.value", 0, most)


@dataclass
class _Tree:
    """One message's components while they are read."""

    v2: bool
    count: int = 0
    text: int = 0
    seen: set[str] = field(default_factory=set)

    def check(self, components: list[Json]) -> None:
        if not self.v2 and len(components) > MOST_ROWS:
            raise invalid_form("components", f"Must be {MOST_ROWS} or fewer in length.")
        self._each(components, "components", _TOP_V2 if self.v2 else frozenset({ROW}))
        if self.count > MOST_COMPONENTS:
            raise invalid_form("components", f"The total number of components must be {MOST_COMPONENTS} or fewer.")
        if self.text > MOST_TEXT:
            raise invalid_form("components", f"The total displayable text must be {MOST_TEXT} or fewer characters.")

    def _each(self, components: list[Json], where: str, kinds: frozenset[int]) -> None:
        for index, component in enumerate(components):
            self._one(component, f"{where}.{index}", kinds)

    def _one(self, component: Json, where: str, kinds: frozenset[int]) -> None:
        kind = component.get("type")
        if kind not in kinds or (kind in _V2_ONLY and not self.v2):
            raise _wrong_kind(where)
        self.count += 1
        rules: dict[int, Callable[[Json, str], None]] = {
            ROW: self._row,
            BUTTON: self._button,
            SECTION: self._section,
            TEXT: self._text,
            CONTAINER: self._container,
            **dict.fromkeys(SELECTS, self._select),
        }
        if kind in rules:
            rules[kind](component, where)

    def _row(self, row: Json, where: str) -> None:
        held = row.get("components") or []
        most = 1 if any(each.get("type") in SELECTS for each in held) else MOST_BUTTONS
        if not 1 <= len(held) <= most:
            raise invalid_form(f"{where}.components", f"Must be between 1 and {most} in length.")
        self._each(held, f"{where}.components", SELECTS | {BUTTON})

    def _section(self, section: Json, where: str) -> None:
        held = section.get("components") or []
        if not 1 <= len(held) <= 3:
            raise invalid_form(f"{where}.components", "Must be between 1 and 3 in length.")
        self._each(held, f"{where}.components", frozenset({TEXT}))
        self._one(section.get("accessory") or {}, f"{where}.accessory", frozenset({BUTTON, THUMBNAIL}))

    def _container(self, container: Json, where: str) -> None:
        held = container.get("components") or []
        if not held:
            raise invalid_form(f"{where}.components", "This field is required", "BASE_TYPE_REQUIRED")
        self._each(held, f"{where}.components", _IN_CONTAINER)

    def _text(self, text: Json, where: str) -> None:
        _length(text.get("content"), f"{where}.content", 1, MOST_TEXT)
        if not text["content"].strip():
            raise invalid_form(f"{where}.content", "This field is required", "BASE_TYPE_REQUIRED")
        self.text += len(text["content"])

    def _button(self, button: Json, where: str) -> None:
        if not button.get("label") and not button.get("emoji"):
            raise invalid_form(where, "A button must have a label or emoji.", "BUTTON_COMPONENT_LABEL_EMOJI_REQUIRED")
        _length(button.get("label") or "", f"{where}.label", 0, 80)
        if button.get("style") == LINK_STYLE:
            if "custom_id" in button or not str(button.get("url", "")).startswith(
                ("https://", "http://", "discord://")
            ):
                raise invalid_form(where, "A link button has a URL and no custom id.", "BUTTON_COMPONENT_INVALID_URL")
            return
        if button.get("style") not in {1, 2, 3, 4}:
            raise invalid_form(f"{where}.style", "Value must be one of {1, 2, 3, 4, 5, 6}.", "BASE_TYPE_CHOICES")
        _custom_id(button, where, self.seen)

    def _select(self, select: Json, where: str) -> None:
        _custom_id(select, where, self.seen)
        _check_select(select, where)


def _check_select(select: Json, where: str) -> None:
    _length(select.get("placeholder") or "", f"{where}.placeholder", 0, 150)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    options = select.get("options") or []
    if select["type"] == STRING_SELECT:
        if not 1 <= len(options) <= MOST_OPTIONS:
            raise invalid_form(f"{where}.options", f"Must be between 1 and {MOST_OPTIONS} in length.")
        values = [option.get("value") for option in options]
        if len(set(values)) < len(values):
            raise invalid_form(f"{where}.options", "The specified option value is already used.")
        for index, option in enumerate(options):
            _length(option.get("label"), f"{where}.options.{index}.label", 1, 100)
            _length(option.get("value"), f"{where}.options.{index}.value", 1, 100)
            _length(option.get("description") or "-", f"{where}.options.{index}.description", 1, 100)
    longest = len(options) if select["type"] == STRING_SELECT else MOST_OPTIONS
    if not 0 <= least <= most <= longest or most < 1:
        raise invalid_form(f"{where}.max_values", f"Must be between {max(least, 1)} and {longest}.")


def _custom_id(component: Json, where: str, seen: set[str]) -> None:
    custom_id = component.get("custom_id")
    _length(custom_id, f"{where}.custom_id", 1, 100)
    assert isinstance(custom_id, str)
    if custom_id in seen:
        raise invalid_form(
            f"{where}.custom_id", "Component custom id cannot be duplicated", "COMPONENT_CUSTOM_ID_DUPLICATED"
        )
    seen.add(custom_id)


def _length(text: object, where: str, least: int, most: int) -> None:
    if not isinstance(text, str):
        raise invalid_form(where, "This field is required", "BASE_TYPE_REQUIRED")
    if not least <= len(text) <= most:
        raise invalid_form(where, f"Must be between {least} and {most} in length.")


def _wrong_kind(where: str) -> Refused:
    return invalid_form(f"{where}.type", "The component of this type cannot stand here.", "UNION_TYPE_CHOICES")
