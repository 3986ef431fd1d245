"""The functions that a server switches on: codes that are kept, and words for the people who choose."""

from enum import StrEnum
from typing import NamedTuple


class Feature(StrEnum):
    """A function that is off until a server switches it on; the value is what is kept."""

    MENTIONS = "mentions"
    ON_CALL = "on_call"


class _Words(NamedTuple):
    label: str
    description: str


WORDS = {
    Feature.MENTIONS: _Words("Mentions", "I answer mentions in open channels, each in a thread where people can go on"),
    Feature.ON_CALL: _Words("On-call button", "Under crisis steps, a button that calls the on-call role"),
}
"""What stands in the list; Discord shows 100 characters of each (API reference, "Select Option Structure")."""
