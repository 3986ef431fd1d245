"""Discord's limits on messages, autocomplete choices and commands, as far as its servers enforce them."""

import re
import unicodedata
from typing import Any

from tests.loopback.components import check_message_components
from tests.loopback.refusals import Refused, empty_message, invalid_form
from tests.loopback.state import COMPONENTS_V2, Json

MOST_CONTENT, MOST_EMBEDS, MOST_EMBED_TEXT, MOST_CHOICES, MOST_OPTIONS = 2000, 10, 6000, 25, 25
_EMBED_LIMITS = {"title": 256, "description": 4096}
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_MOST_COMMAND_TEXT = 8000
_CHAT_INPUT = 1
_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _NUMBER = 1, 2, 3, 4, 10


def check_message(body: Json, files: list[str], before: Json | None = None) -> None:
    """Refuse a message, or an edit of one, that Discord refuses.

    Args:
        body: what was sent.
        files: names of uploaded files.
        before: the message that is edited: its content, embeds, components, attachments and flags.

    Raises:
        Refused: with the place of the fault.
    """
    old = before or {}
    flags = (body.get("flags") or 0) | (old.get("flags", 0) & COMPONENTS_V2)
    after = {key: body.get(key, old.get(key)) for key in ("content", "embeds", "components", "attachments")}
    content, embeds = after["content"] or "", after["embeds"] or []
    if flags & COMPONENTS_V2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key) or (before and after.get(key)):
                raise invalid_form(
                    key, "The message cannot have it with the flag IS_COMPONENTS_V2.", "MESSAGE_V2_LEGACY"
                )
        if not after["components"]:
            raise empty_message()
    elif not (
        _is_visible(content) or embeds or files or after["attachments"] or body.get("poll") or after["components"]
    ):
        raise empty_message()
    _check_content(content)
    _check_embeds(embeds)
    check_message_components(body.get("components") or [], v2=bool(flags & COMPONENTS_V2))


def _check_content(content: str) -> None:
    if len(content) > MOST_CONTENT:
        raise invalid_form("content", f"Must be {MOST_CONTENT} or fewer in length.")
    try:
        content.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(400, 50109, "The request body contains invalid JSON.") from None


def _is_visible(text: str) -> bool:
    return any(not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cf"} for letter in text)


def _check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > MOST_EMBEDS:
        raise invalid_form("embeds", f"Must be {MOST_EMBEDS} or fewer in length.")
    total = 0
    for index, embed in enumerate(embeds):
        texts: list[tuple[str, str, int]] = [(key, embed.get(key) or "", most) for key, most in _EMBED_LIMITS.items()]
        texts.append(("footer.text", (embed.get("footer") or {}).get("text") or "", 2048))
        texts.append(("author.name", (embed.get("author") or {}).get("name") or "", 256))
        fields = embed.get("fields") or []
        if len(fields) > MOST_OPTIONS:
            raise invalid_form(f"embeds.{index}.fields", f"Must be {MOST_OPTIONS} or fewer in length.")
        for number, each in enumerate(fields):
            texts += [(f"fields.{number}.name", each.get("name") or "", 256)]
            texts += [(f"fields.{number}.value", each.get("value") or "", 1024)]
        for where, text, most in texts:
            if len(text) > most:
                raise invalid_form(f"embeds.{index}.{where}", f"Must be {most} or fewer in length.")
            total += len(text)
    if total > MOST_EMBED_TEXT:
        raise invalid_form("embeds", "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED")


def check_choices(choices: list[Json], kind: int = _STRING) -> None:
    """Refuse what autocomplete may not offer.

    Raises:
        Refused: with the place of the fault.
    """
    if len(choices) > MOST_CHOICES:
        raise invalid_form("data.choices", f"Must be {MOST_CHOICES} or fewer in length.")
    for index, choice in enumerate(choices):
        where = f"data.choices.{index}"
        _between(choice.get("name"), f"{where}.name", 1, 100)
        if kind == _STRING:
            _between(choice.get("value"), f"{where}.value", 1, 100)


def check_commands(commands: list[Json]) -> None:
    """Refuse a list of commands that Discord would not register.

    Raises:
        Refused: with the place of the fault.
    """
    seen = set()
    for index, command in enumerate(commands):
        kind = command.get("type") or _CHAT_INPUT
        if (command.get("name"), kind) in seen:
            raise invalid_form(
                f"{index}.name", "Application command names must be unique", "APPLICATION_COMMANDS_DUPLICATE_NAME"
            )
        seen.add((command.get("name"), kind))
        if kind == _CHAT_INPUT:
            _check_described(command, str(index))
            if _text_length(command) > _MOST_COMMAND_TEXT:
                raise invalid_form(str(index), "Command exceeds maximum size (8000)", "APPLICATION_COMMAND_TOO_LARGE")
        else:
            _between(command.get("name"), f"{index}.name", 1, 32)
            if command.get("description"):
                raise invalid_form(f"{index}.description", "Context menu commands cannot have description")
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(each == kind for _, each in seen) > most:
            raise Refused(400, 30032, f"Maximum number of application commands reached ({most}).")


def _check_described(item: Json, where: str) -> None:
    name = item.get("name")
    if not isinstance(name, str) or not _NAME.match(name) or name != name.lower():
        raise invalid_form(f"{where}.name", "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")
    _between(item.get("description"), f"{where}.description", 1, 100)
    options = item.get("options") or []
    if len(options) > MOST_OPTIONS:
        raise invalid_form(f"{where}.options", f"Must be {MOST_OPTIONS} or fewer in length.")
    optional_seen = False
    for index, option in enumerate(options):
        place = f"{where}.options.{index}"
        _check_described(option, place)
        _check_choices_of(option, place)
        if option.get("type") in {_SUBCOMMAND, _GROUP}:
            continue
        if option.get("required") and optional_seen:
            raise invalid_form(place, "Required options must be placed before non-required options")
        optional_seen = optional_seen or not option.get("required")


def _check_choices_of(option: Json, where: str) -> None:
    choices: list[Any] = option.get("choices") or []
    if choices and option.get("autocomplete"):
        raise invalid_form(where, "An option with autocomplete has no choices")
    if option.get("autocomplete") and option.get("type") not in {_STRING, _INTEGER, _NUMBER}:
        raise invalid_form(where, "This option cannot have autocomplete")
    check_choices(choices, option.get("type", _STRING))


def _text_length(item: Json) -> int:
    own = len(item.get("name") or "") + len(item.get("description") or "")
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in item.get("choices") or [])
    return own + choices + sum(_text_length(option) for option in item.get("options") or [])


def _between(text: object, where: str, least: int, most: int) -> None:
    if not isinstance(text, str):
        raise invalid_form(where, "This field is required", "BASE_TYPE_REQUIRED")
    if not least <= len(text) <= most:
        raise invalid_form(where, f"Must be between {least} and {most} in length.")
