"""A server's settings in words: what is still open first, then everything that is set."""

from collections.abc import Iterable, Iterator

import discord

from bot.cogs.features import WORDS, Feature
from bot.cogs.permissions import TO_POST, may_ping, missing, to_answer
from bot.cogs.render import inert
from bot.storage.scope_card import SCOPE_FIELDS
from bot.storage.servers import ServerSettings, Threads
from bot.storage.supervisors import Rules

_MOST_LISTED = 20

_UNREVIEWED = (
    "The crisis texts for `{region}` are **not reviewed by anyone here**; `/setup reviewed` keeps who read them."
)
_NO_SUPERVISORS = "No supervisor role is set: `/setup roles`."
_NO_REVIEW_CHANNEL = "No review channel is set, for what goes to supervisors: `/setup channels`."
_NO_OPEN_CHANNEL = "No channel is open, so I answer privately only and nothing can be shared: `/setup channels`."
_NO_ON_CALL_ROLE = "The on-call button is switched on, but no on-call role is set: `/setup roles`."
_ON_CALL_OFF = "An on-call role is set, but the on-call button is switched off: `/setup features`."
_ROLE_GONE = "The {which} role was deleted in Discord: `/setup roles`."
_CHANNEL_GONE = "The review channel was deleted in Discord, or I cannot see it: `/setup channels`."
_REGION_GONE = "There are no crisis lines for the region `{region}` any more, so `{own}` is printed: `/setup region`."
_LACKS = "In <#{channel}> I lack {names}."
_NO_PING = (
    "I cannot ping <@&{role}>: let everyone mention that role, or give me the permission Mention @everyone, @here, and "
    "All Roles."
)
_NOTHING_OPEN = "Nothing is open."
_THREADS = {Threads.PRIVATE: "private, for the asker and those they invite", Threads.PUBLIC: "public"}


def effective_region(settings: ServerSettings, own: str, known: Iterable[str]) -> str:
    """Return whose lines are printed in a server: its own choice where that still exists, else the program's."""
    return settings.region if settings.region is not None and settings.region in known else own


def open_items(settings: ServerSettings, guild: discord.Guild | None, *, own: str, known: Iterable[str]) -> list[str]:
    """Return what is still to be done in a server, each a sentence; the review of the crisis texts stands first.

    Args:
        settings: what is set.
        guild: the server as Discord has told of it.
        own: the program's own region.
        known: every region that we hold.
    """
    known = tuple(known)
    region = effective_region(settings, own, known)
    found = [] if settings.reviewed_for(region) else [_UNREVIEWED.format(region=region)]
    if settings.region not in (None, region):
        found.append(_REGION_GONE.format(region=settings.region, own=own))
    found += _roles(settings, guild)
    if settings.review_channel is None:
        found.append(_NO_REVIEW_CHANNEL)
    elif guild is not None and guild.get_channel_or_thread(settings.review_channel) is None:
        found.append(_CHANNEL_GONE)
    if not settings.open_channels:
        found.append(_NO_OPEN_CHANNEL)
    return [*found, *lacking(settings, guild)]


def lacking(settings: ServerSettings, guild: discord.Guild | None) -> list[str]:
    """Return which of the bot's permissions are missing in the channels that are set, each channel a sentence."""
    wanted = dict.fromkeys(sorted(settings.open_channels), to_answer(settings.threads))
    if settings.review_channel is not None:
        wanted[settings.review_channel] = (*wanted.get(settings.review_channel, ()), *TO_POST)
    lacks = {channel: dict.fromkeys(missing(guild, channel, names)) for channel, names in wanted.items()}
    return [_LACKS.format(channel=channel, names=", ".join(names)) for channel, names in lacks.items() if names]


def summary(settings: ServerSettings, *, own: str, known: Iterable[str]) -> list[str]:
    """Return every setting in words, each a line."""
    region = effective_region(settings, own, known)
    review = settings.reviewed_for(region)
    reviewed = (
        inert(f"{review.role}, {review.licence}, {review.jurisdiction}, {review.on.isoformat()}")
        if review
        else "nobody"
    )
    chosen = "" if settings.region == region else ", the program's own"
    switched = [WORDS[feature].label for feature in Feature if feature in settings.features]
    return [
        f"- **Supervisor role:** {_role(settings.supervisor_role)}",
        f"- **On-call role:** {_role(settings.on_call_role)}",
        f"- **Open channels:** {_channels(sorted(settings.open_channels))}",
        f"- **Review channel:** {_channels([settings.review_channel] if settings.review_channel else [])}",
        f"- **Region of the crisis lines:** `{region}`{chosen}",
        f"- **Crisis texts for it reviewed by:** {reviewed}",
        f"- **Scope card:** {settings.scope.filled} of {len(SCOPE_FIELDS)} fields; `/setup scope`",
        f"- **My threads:** {_THREADS[settings.threads]}",
        f"- **Rows about questions are kept for:** {settings.retention_days} days",
        f"- **Switched on:** {', '.join(switched) or 'nothing; private answers always work'}",
    ]


def curation_rules(rules: Rules) -> list[str]:
    """Return the rules of curation in words, each a line."""
    own = "yes" if rules.own_approval else "no, another supervisor does"
    return [
        f"- **Supervisors may approve their own answers:** {own}",
        f"- **Answers are looked at again after:** {rules.review_days} days",
    ]


def told(items: list[str]) -> str:
    """Return the open items as a list."""
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1)) or _NOTHING_OPEN


def _roles(settings: ServerSettings, guild: discord.Guild | None) -> Iterator[str]:
    if settings.supervisor_role is None:
        yield _NO_SUPERVISORS
    elif guild is not None and guild.get_role(settings.supervisor_role) is None:
        yield _ROLE_GONE.format(which="supervisor")
    on_call = settings.on_call_role
    if (on_call is None) == (Feature.ON_CALL in settings.features):
        yield _NO_ON_CALL_ROLE if on_call is None else _ON_CALL_OFF
    if on_call is not None and guild is not None:
        yield from _pingable(on_call, settings.review_channel, guild)


def _pingable(on_call: int, channel: int | None, guild: discord.Guild) -> Iterator[str]:
    role = guild.get_role(on_call)
    if role is None:
        yield _ROLE_GONE.format(which="on-call")
    elif not may_ping(guild, channel, role):
        yield _NO_PING.format(role=on_call)


def _role(role: int | None) -> str:
    return f"<@&{role}>" if role else "none"


def _channels(channels: list[int]) -> str:
    shown = ", ".join(f"<#{channel}>" for channel in channels[:_MOST_LISTED])
    return shown + (f" and {len(channels) - _MOST_LISTED} more" if len(channels) > _MOST_LISTED else "") or "none"
