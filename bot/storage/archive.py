"""A backup's file: a zip of one file of rows a table, with a manifest that knows how many and their checksums."""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import FixInput, MendDataFolder

FORM = 1
"""Version of the archive's layout."""

_PROGRAM = "supervision-assistant"
_MANIFEST = "manifest.json"
_SEAL = "manifest.sha256"
_CHUNK = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,  # zipfile's own, where a changed byte names a compression or version that it does not know
    RuntimeError,  # and where one says that a member is encrypted
)
"""What Python's zipfile raises for bytes that are no zip, or one with a changed byte."""

_TAKE_ANOTHER = "take another backup; nothing was changed"

Row = dict[str, Any]
"""One row as JSON: column names and values."""


class TableEntry(BaseModel):
    """What the manifest says of one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What an archive holds.

    Attributes:
        program: whose backup it is.
        form: version of the layout.
        revision: revision of the database that it was made from.
        made_at: when, in UTC, in ISO 8601.
        database: which kind it was made from; it can be restored into either.
        tables: the tables, those that others point at first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    program: str
    form: int
    revision: str
    made_at: str
    database: str
    tables: tuple[TableEntry, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when an archive's rows come from; parts of its manifest."""

    revision: str
    made_at: str
    database: str


class ArchiveWriter:
    """Writes an archive beside its place and puts it there whole, or not at all."""

    def __init__(self, path: Path, origin: Origin) -> None:
        """Hold the place.

        Args:
            path: the archive; it must not exist.
            origin: where the rows come from.

        Raises:
            FixInput: something is there already.
        """
        if path.exists():
            raise FixInput(f"{path} is there already", "name another file; a backup never replaces one")
        self._path = path
        self._origin = origin
        self._part = path.with_name(f".{path.name}.part")
        self._tables: list[TableEntry] = []

    def __enter__(self) -> Self:
        try:
            self._part.unlink(missing_ok=True)
            handle = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise _unwritten(self._path, error) from None
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        return self

    def table(self, name: str) -> "TableWriter":
        """Return what takes the rows of a table; close it before the next is begun."""
        return TableWriter(self._zip.open(f"tables/{name}.jsonl", "w", force_zip64=True), name, self._tables)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        except OSError as trouble:
            raise _unwritten(self._path, trouble) from None
        finally:
            with suppress(OSError, ValueError):
                self._zip.close()
            self._file.close()
            self._part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritten(self._path, error) from None

    def _finish(self) -> None:
        manifest = Manifest(program=_PROGRAM, form=FORM, tables=tuple(self._tables), **asdict(self._origin))
        text = manifest.model_dump_json(indent=2).encode()
        self._zip.writestr(_MANIFEST, text)
        self._zip.writestr(_SEAL, hashlib.sha256(text).hexdigest())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._path.exists():
            raise FileExistsError
        self._part.replace(self._path)


class TableWriter:
    """Takes the rows of one table."""

    def __init__(self, stream: IO[bytes], name: str, tables: list[TableEntry]) -> None:
        """Hold the stream; the table is entered into the list when this is closed."""
        self._stream = stream
        self._name = name
        self._tables = tables
        self._digest = hashlib.sha256()
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def add(self, row: Row) -> None:
        """Write a row."""
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        self._stream.write(line)
        self._digest.update(line)
        self._rows += 1

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._tables.append(TableEntry(name=self._name, rows=self._rows, sha256=self._digest.hexdigest()))


class ArchiveReader:
    """An archive whose every byte was checked; use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open and check an archive.

        Raises:
            FixInput: it is not there, is no backup of ours, or is truncated or altered.
        """
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise FixInput(f"there is no file {path}", "name the backup's file") from None
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            raise FixInput(f"{path} cannot be read ({reason})", "mend its permissions, or name another file") from None
        except _UNREADABLE:
            raise _damaged(path, "is no backup, or was cut short") from None
        try:
            self.manifest = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def rows(self, table: TableEntry) -> Iterator[Row]:
        """Yield the rows of a table."""
        with self._zip.open(_member(table)) as stream:
            for line in stream:
                yield json.loads(line)

    def _checked(self) -> Manifest:
        try:
            text = self._zip.read(_MANIFEST)
            if self._zip.read(_SEAL).decode("ascii") != hashlib.sha256(text).hexdigest():
                raise _damaged(self._path, "was altered: its manifest does not match its checksum")
            manifest = Manifest.model_validate_json(text)
            self._check_members(manifest)
        except KeyError:
            raise _damaged(self._path, "is no backup of this program") from None
        except ValidationError:
            raise _damaged(self._path, "has a manifest that this program cannot read") from None
        except (*_UNREADABLE, OSError):
            raise _damaged(self._path, "is damaged") from None
        return manifest

    def _check_members(self, manifest: Manifest) -> None:
        if manifest.program != _PROGRAM or manifest.form != FORM:
            raise _damaged(self._path, "was made by another program or another version of this one")
        wanted = sorted([_MANIFEST, _SEAL, *(_member(table) for table in manifest.tables)])
        if sorted(self._zip.namelist()) != wanted:
            raise _damaged(self._path, "was altered: its files are not those of its manifest")
        for table in manifest.tables:
            digest, rows = self._digest(table)
            if (digest, rows) != (table.sha256, table.rows):
                raise _damaged(self._path, f"was altered: the rows of {table.name} do not match their checksum")

    def _digest(self, table: TableEntry) -> tuple[str, int]:
        digest, rows = hashlib.sha256(), 0
        with self._zip.open(_member(table)) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                rows += chunk.count(b"\n")
        return digest.hexdigest(), rows


def _member(table: TableEntry) -> str:
    return f"tables/{table.name}.jsonl"


def _damaged(path: Path, how: str) -> FixInput:
    return FixInput(f"{path} {how}", _TAKE_ANOTHER)


def _unwritten(path: Path, error: OSError) -> MendDataFolder | FixInput:
    if isinstance(error, FileExistsError):
        return FixInput(f"{path} is there already", "name another file; a backup never replaces one")
    reason = (error.strerror or "cannot be written").lower()
    return MendDataFolder(f"the backup {path} cannot be written ({reason})", "mend its folder, or name another")
