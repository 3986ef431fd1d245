"""Imports a library without another that it would load wherever that is installed, and does not need."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let what is imported meanwhile find a library not installed; one that is loaded already stays.

    Args:
        name: of the library's package.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # as documented: an import of it raises ImportError
    try:
        yield
    finally:
        del sys.modules[name]
