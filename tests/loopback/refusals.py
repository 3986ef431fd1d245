"""How Discord says no: an HTTP status, a code of its own, a sentence, and where in a form the fault is."""

from typing import Any


class Refused(Exception):
    """A request that Discord refuses.

    Attributes:
        status: the HTTP status.
        code: Discord's error code (API reference, "JSON Error Codes").
        message: Discord's words for it.
        errors: for a form, where the fault is.
    """

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """Return the JSON that is sent."""
        return {"message": self.message, "code": self.code, **({"errors": self.errors} if self.errors else {})}


def invalid_form(where: str, why: str, code: str = "BASE_TYPE_BAD_LENGTH") -> Refused:
    """Return the refusal of a form: `where` is the field, with dots."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": why}]}
    for part in reversed(where.split(".")):
        errors = {part: errors}
    return Refused(400, 50035, f"Invalid Form Body\nIn {where}: {why}", errors)


def unauthorized() -> Refused:
    """No token, or a wrong one."""
    return Refused(401, 0, "401: Unauthorized")


def unknown_channel() -> Refused:
    """There is no such channel, or the bot is not in it."""
    return Refused(404, 10003, "Unknown Channel")


def unknown_guild() -> Refused:
    """There is no such server, or the bot is not in it."""
    return Refused(404, 10004, "Unknown Guild")


def unknown_member() -> Refused:
    """There is no such member."""
    return Refused(404, 10007, "Unknown Member")


def unknown_message() -> Refused:
    """There is no such message, or it was deleted, or it is someone's ephemeral one."""
    return Refused(404, 10008, "Unknown Message")


def unknown_webhook() -> Refused:
    """The interaction has not been acknowledged yet, or there never was one."""
    return Refused(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refused:
    """There is no such interaction, or its three seconds are over."""
    return Refused(404, 10062, "Unknown interaction")


def already_acknowledged() -> Refused:
    """An interaction has one first response."""
    return Refused(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> Refused:
    """The bot does not see the channel."""
    return Refused(403, 50001, "Missing Access")


def not_the_author() -> Refused:
    """A message is edited by its author only."""
    return Refused(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refused:
    """There is nothing to see in it."""
    return Refused(400, 50006, "Cannot send an empty message")


def closed_dm() -> Refused:
    """The person takes no direct messages from the bot."""
    return Refused(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> Refused:
    """The bot lacks a permission in the channel."""
    return Refused(403, 50013, "Missing Permissions")


def token_expired() -> Refused:
    """The interaction's token is older than fifteen minutes."""
    return Refused(401, 50027, "Invalid Webhook Token")


def archived_thread() -> Refused:
    """A locked thread takes no message."""
    return Refused(400, 50083, "Thread is archived")


def thread_exists() -> Refused:
    """A message has one thread."""
    return Refused(400, 160004, "A thread has already been created for this message")
