"""The repository holds nothing that does not belong there, and what it depends on is pinned and free to use."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from prompts import load_template
from tests.meta.packages import REPOSITORY, direct_dependencies, licence, locked

_LARGEST_FILE = 1_000_000
_LARGEST_MODEL = 6_000_000
"""What the tuned layers may take; everything else that is learned fits into the other bound."""
_LOCKS = sorted(REPOSITORY.glob("requirements*.lock"))
_TEMPLATES = sorted(path.stem for path in (REPOSITORY / "prompts" / "templates").glob("*.md"))

_REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]|//[^\s\"')]*/simple\b|(?<!no-emit-)index[-]url|--find[-]links\s*[=\s]\s*\S",
    re.IGNORECASE,
)
_MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:home|Users|root|tmp|work)/\w|[A-Z]:\\\\?Users\b")

_COMPATIBLE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "PSFL",
        "Zlib",
    }
)
"""Licences of packages that a program under MIT may depend on unchanged; MPL-2.0 binds its own files only."""


def _kept_files() -> list[Path]:
    """Return what git tracks or would take up."""
    git = shutil.which("git")
    assert git is not None, "git lists the files that are checked; install it"
    assert (REPOSITORY / ".git").exists(), "only a clone knows which files are kept; run the tests in one"
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run([git, *listing], cwd=REPOSITORY, check=True, capture_output=True).stdout.decode()  # noqa: S603  # no word of it comes from outside
    return [REPOSITORY / name for name in names.split("\0") if name and (REPOSITORY / name).is_file()]


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in _kept_files():
        text = path.read_bytes().decode("utf-8", "replace")
        name = path.relative_to(REPOSITORY)
        found += [f"{name}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def _is_compatible(expression: str) -> bool:
    """Tell whether every part of an SPDX expression offers a licence on the list."""
    parts = re.sub(r"[()]", "", expression).split(" AND ")
    return all(_COMPATIBLE & set(part.split(" OR ")) for part in parts)


def test_no_file_is_over_a_megabyte() -> None:
    tuned = REPOSITORY / "knowledge" / "tuned" / "model.npz"
    large = [path for path in _kept_files() if path.stat().st_size > _LARGEST_FILE]
    assert large == [tuned]
    assert tuned.stat().st_size <= _LARGEST_MODEL


def test_no_file_names_a_package_registry() -> None:
    assert _lines_with(_REGISTRY) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert _lines_with(_MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("line", "gap"), [("--index_url x", "-"), ("https://pypi_org/project/x", "."), ("http://mirror_simple/x", "/")]
)
def test_a_registry_would_be_found(line: str, gap: str) -> None:
    assert _REGISTRY.search(line.replace("_", gap))


@pytest.mark.parametrize("folder", ["home", "Users", "root", "tmp"])
def test_a_machine_path_would_be_found(folder: str) -> None:
    assert _MACHINE_PATH.search(f"in /{folder}/someone")
    assert not _MACHINE_PATH.search(f"https://example.org/{folder}/page")


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_requirement_by_version_and_hash(lock: Path) -> None:
    requirements = list(locked(lock))
    lines = [
        line for line in lock.read_text(encoding="utf-8").splitlines() if line and not line.startswith((" ", "\t"))
    ]

    assert len(requirements) == len(lines) > 0
    for entry in requirements:
        assert entry.hashes > 0, f"{entry.requirement} has no hash"
        assert [clause.operator for clause in entry.requirement.specifier] == ["=="]


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    assert [line for line in text.splitlines() if line.startswith("-")] == []


def test_every_direct_dependency_is_locked_at_a_version_that_we_allow() -> None:
    versions = {
        canonicalize_name(entry.requirement.name): str(entry.requirement.specifier).removeprefix("==")
        for entry in locked(REPOSITORY / "requirements.lock")
    }

    for requirement in direct_dependencies():
        version = versions.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not locked; run make lock"
        assert version in requirement.specifier, f"{requirement} is locked at {version}; run make lock"


@pytest.mark.parametrize("name", _TEMPLATES)
def test_a_prompt_renders_with_the_variables_that_it_declares(name: str) -> None:
    template = load_template(name)
    values = {variable: f"the {variable} goes here" for variable in template.variables}

    rendered = template.render(values)

    assert rendered
    assert "{{" not in rendered
    assert all(value in rendered for value in values.values())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-deploy.lock"])
def test_every_package_that_we_run_on_has_a_licence_compatible_with_ours(lock: str) -> None:
    applicable = [
        entry.requirement
        for entry in locked(REPOSITORY / lock)
        if entry.requirement.marker is None or entry.requirement.marker.evaluate()
    ]
    licences = {requirement.name: licence(requirement.name) for requirement in applicable}

    assert {name: terms for name, terms in licences.items() if terms is None or not _is_compatible(terms)} == {}


def test_the_page_for_operators_lists_the_licences_that_we_allow() -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = re.search(r"Allowed are (?P<names>[^;]+);", page)

    assert listed is not None
    assert set(re.split(r",\s+|\s+and\s+", listed["names"])) == _COMPATIBLE


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested = {(entry.requirement.name, entry.version) for entry in locked(REPOSITORY / "requirements-dev.lock")}
    shipped = {(entry.requirement.name, entry.version) for entry in locked(REPOSITORY / "requirements-deploy.lock")}

    assert shipped <= tested, "run make lock"


@pytest.mark.parametrize("expression", ["GPL-3.0-only", "MIT AND GPL-3.0-only", "LicenseRef-Proprietary"])
def test_a_licence_that_binds_the_whole_program_would_be_found(expression: str) -> None:
    assert not _is_compatible(expression)
