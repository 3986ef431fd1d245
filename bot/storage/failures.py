"""Turns what the drivers raise into one sentence; nothing of a statement, a value or a password travels with it."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from bot.errors import AssistantError, FixSettings, MendDataFolder, RestoreDatabase, TryAgainLater
from bot.storage.place import Place, SqlitePlace

_DOCTOR = "look at what `supervision-bot doctor` says"

_SETTINGS_AT_FAULT = {
    "28P01": ("{where} does not accept the user or password in DATABASE_URL", "check both"),
    "28000": (
        "{where} does not let the user in DATABASE_URL in from here",
        "check the user, and what the server's pg_hba.conf allows",
    ),
    "3D000": ("{where} has no database of the name in DATABASE_URL", "create it, or mend the name"),
    "42501": (
        "{where} does not let the user in DATABASE_URL make or change tables",
        "make that user the owner of the database, or grant it CREATE on the schema",
    ),
    "42704": ("{where} does not know a parameter in DATABASE_URL", "take out what stands behind the ?"),
    "25006": ("{where} is read-only", "name the primary server in DATABASE_URL, not a standby"),
}
"""By SQLSTATE (PostgreSQL documentation, "PostgreSQL Error Codes")."""

_SERVER_AT_FAULT = {
    "53100": ("{where} has no disk space left", "free some"),
    "53300": ("{where} takes no more connections", "raise its max_connections, or stop what holds them"),
    "57P03": ("{where} is starting up or stopping", "wait a little, then start again"),
    "40P01": ("{where} had two changes in each other's way", "try again"),
    "57014": ("{where} took too long for a statement", _DOCTOR),
}

_FILE_AT_FAULT: dict[str, tuple[type[AssistantError], str, str]] = {
    "READONLY": (MendDataFolder, "cannot be written", "mend the permissions of it and its folder, or set DATA_DIR"),
    "CANTOPEN": (MendDataFolder, "cannot be opened", "mend the permissions of it and its folder, or set DATA_DIR"),
    "PERM": (MendDataFolder, "cannot be opened", "mend the permissions of it and its folder, or set DATA_DIR"),
    "IOERR": (MendDataFolder, "cannot be read or written", "check the disk that it is on"),
    "FULL": (MendDataFolder, "has no disk space left", "free some"),
    "BUSY": (TryAgainLater, "is kept busy by another process", "wait for it to finish, or stop it"),
    "LOCKED": (TryAgainLater, "is kept busy by another process", "wait for it to finish, or stop it"),
    "CORRUPT": (RestoreDatabase, "is damaged", "restore a backup of it"),
    "NOTADB": (RestoreDatabase, "is no SQLite database", "restore a backup of it, or move it away to begin anew"),
}
"""By the middle of SQLite's error name (sqlite.org, "Result and Error Codes")."""


def as_ours(error: Exception, place: Place) -> AssistantError:
    """Return the error that says in one sentence what a failure of the database means and how to mend it.

    Args:
        error: what SQLAlchemy, a driver or the system raised.
        place: where the database is.
    """
    origin: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        origin = error.orig
    if isinstance(origin, sqlite3.Error):
        return _sqlite(origin, place)
    state = str(getattr(origin, "sqlstate", None) or "")
    for faults, kind in ((_SETTINGS_AT_FAULT, FixSettings), (_SERVER_AT_FAULT, TryAgainLater)):
        if state in faults:
            problem, mend = faults[state]
            return kind(problem.format(where=place.label), mend)
    if isinstance(error, OSError | TimeoutError) or getattr(error, "connection_invalidated", False):
        return _unreachable(place, origin)
    if type(error).__module__.startswith("asyncpg") and not state:
        return FixSettings(
            "DATABASE_URL cannot be used as it is", "write postgresql://user:password@host:5432/database"
        )
    return TryAgainLater(f"{place.label} could not do what was asked ({_name(origin, state)})", _DOCTOR)


def _unreachable(place: Place, error: BaseException) -> AssistantError:
    if isinstance(place, SqlitePlace):
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        kind, problem, mend = _FILE_AT_FAULT["FULL" if full else "CANTOPEN"]
        return kind(f"the database ({place.label}) {problem}", mend)
    return TryAgainLater(
        f"{place.label} cannot be reached ({type(error).__name__})",
        "check that it runs and that DATABASE_URL names its host and port, then start again",
    )


def _sqlite(error: sqlite3.Error, place: Place) -> AssistantError:
    name = str(getattr(error, "sqlite_errorname", ""))
    middle = name.removeprefix("SQLITE_").partition("_")[0]
    if middle in _FILE_AT_FAULT:
        kind, problem, mend = _FILE_AT_FAULT[middle]
        return kind(f"the database ({place.label}) {problem}", mend)
    return TryAgainLater(f"{place.label} could not do what was asked ({_name(error, name)})", _DOCTOR)


def _name(error: BaseException, code: str) -> str:
    return f"{type(error).__name__} {code}".strip()
