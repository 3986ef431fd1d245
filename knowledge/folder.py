"""The data folder: who may write in it, and what to say when nobody can."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import FreeDataFolder, RebuildIndex, WaitForOtherProcess

_BYTES_TO_TRY = 16_000_000


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    """Hold the lock of the one process that may write the index.

    Raises:
        WaitForOtherProcess: another process kept it for longer than `wait` seconds.
    """
    try:
        with FileLock(folder / "index.lock", timeout=wait):
            yield
    except Timeout:
        raise WaitForOtherProcess(
            f"another process has been writing the index in {folder} for {wait:.0f} seconds",
            "wait for it to finish, or stop it",
        ) from None


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Make the folder where it is missing, and say plainly when something in it cannot be written.

    Raises:
        FreeDataFolder: it is full, or cannot be written for another reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except RebuildIndex:
            _try_writing(folder)
            raise
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        problem = "is full" if full else "cannot be written"
        mend = "free some space" if full else "mend its permissions, or set DATA_DIR to another folder"
        raise FreeDataFolder(f"the data folder {folder} {problem}", mend) from None


def _try_writing(folder: Path) -> None:
    """Write as much as a part of an index takes and take it away again, as Chroma hides why it could not write.

    Raises:
        OSError: there is no space for it.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(_BYTES_TO_TRY))
        file.flush()
