"""Where the database is: SQLite in the data folder, or the PostgreSQL of DATABASE_URL."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.errors import FixSettings
from bot.settings import Settings

FILE_NAME = "supervision.db"

_FORM = "postgresql://user:password@host:5432/database"
_DRIVER = "postgresql+asyncpg"
_SCHEMES = frozenset({"postgresql", "postgres", _DRIVER})


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A file in the data folder.

    Attributes:
        path: the file; it may not be there yet.
    """

    path: Path

    @property
    def label(self) -> str:
        """Name it for people."""
        return f"SQLite in {self.path}"


@dataclass(frozen=True, slots=True)
class PostgresPlace:
    """A PostgreSQL server.

    Attributes:
        dsn: the address as asyncpg reads it, with the password.
        host: the server's name; empty for a local socket.
        folder: the data folder.
    """

    dsn: SecretStr
    host: str
    folder: Path

    @property
    def label(self) -> str:
        """Name it for people, without user and password."""
        return f"PostgreSQL on {self.host}" if self.host else "PostgreSQL on this machine"


Place = SqlitePlace | PostgresPlace


def place_of(settings: Settings) -> Place:
    """Return where the settings put the database.

    Raises:
        FixSettings: DATABASE_URL is no address of a PostgreSQL. The text shows nothing of it, since any part of a
            malformed address may be part of the password.
    """
    if settings.database_url is None:
        return SqlitePlace(settings.data_dir / FILE_NAME)
    written = settings.database_url.get_secret_value().strip()
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
        _ = parts.port if "," not in parts.netloc else None
    except ValueError:
        raise _malformed("cannot be read as an address") from None
    if parts.scheme not in _SCHEMES:
        raise _malformed("does not begin with postgresql://")
    if not written[len(parts.scheme) :].startswith("://") or not written.isprintable() or " " in written:
        raise _malformed("cannot be read as an address")
    if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query + parts.fragment or parts.fragment:
        raise FixSettings(
            "DATABASE_URL holds a character that means something else in an address",
            "write @ : / ? # and % in a user or password as %40 %3A %2F %3F %23 and %25",
        )
    if not parts.path.strip("/"):
        raise _malformed("names no database")
    dsn = "postgresql" + written[len(parts.scheme) :]
    return PostgresPlace(SecretStr(dsn), host, settings.data_dir)


def _malformed(how: str) -> FixSettings:
    return FixSettings(f"DATABASE_URL {how}", f"write {_FORM}, or leave it out for SQLite in DATA_DIR")
