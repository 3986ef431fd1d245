"""What the project depends on: pyproject.toml, the lock files, and the licences that packages state."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parent.parent.parent

_LOCKED = re.compile(
    r"^(?P<requirement>[A-Za-z0-9][^\\]*?)(?P<hashes>(?:\s*\\\n\s+--hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE
)
_DIGEST = re.compile("--hash=sha256:([0-9a-f]{64})")
_LONGEST_NAME = 60

_SPDX = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",  # says not which; cycler and kiwisolver, which write so, have that of three clauses
    "isc license": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""SPDX names of what older packages write in words."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One requirement of a lock file and the sha256 sums of its files."""

    requirement: Requirement
    digests: tuple[str, ...]

    @property
    def hashes(self) -> int:
        """How many sums there are."""
        return len(self.digests)

    @property
    def version(self) -> str:
        """The version that it is locked at."""
        return str(self.requirement.specifier).removeprefix("==")


def pyproject() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def direct_dependencies() -> list[Requirement]:
    """Return what the program itself requires at run time."""
    return [Requirement(line) for line in pyproject()["project"]["dependencies"]]


def extras() -> frozenset[str]:
    """Return the names of the optional groups of dependencies."""
    return frozenset(pyproject()["project"]["optional-dependencies"])


def locked(path: Path) -> Iterator[Locked]:
    """Yield the requirements of a lock file."""
    for found in _LOCKED.finditer(path.read_text(encoding="utf-8")):
        yield Locked(Requirement(found["requirement"].strip()), tuple(_DIGEST.findall(found["hashes"])))


def licence(package: str) -> str | None:
    """Return the licence that an installed package states, as an SPDX expression where its words are known.

    Returns:
        None where the package is not installed here or states none.
    """
    try:
        stated = metadata(package)
    except PackageNotFoundError:
        return None
    words = [*stated.get_all("License-Expression", []), *stated.get_all("License", [])]
    classifiers = [
        line.rpartition(" :: ")[2] for line in stated.get_all("Classifier", []) if line.startswith("License ::")
    ]
    words += [first for text in words if (first := text.partition("\n")[0].strip()).casefold() in _SPDX]
    found = next(
        (text for text in [*words, *classifiers] if text and "\n" not in text and len(text) < _LONGEST_NAME), None
    )
    return _SPDX.get(found.casefold(), found) if found else None
