"""Writes what the program is made of as CycloneDX JSON: `python -m tests.meta.sbom LOCK FILE`.

Made from the lock, so it is the same for the same lock, whatever is installed; only licences are those that the
installed packages state.
"""

import hashlib
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tests.meta.packages import REPOSITORY, Locked, direct_dependencies, licence, locked, pyproject

_SPEC = "1.6"
_SPACE = uuid.UUID("6f0f53c4-4a5c-4c36-a1ea-2d3f3c2f8f1c")
"""Any that is ours: a serial number is made from it and from the lock."""

_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def bill(lock: Path) -> dict[str, Any]:
    """Return the bill of materials of a lock."""
    project = pyproject()["project"]
    entries = sorted(locked(lock), key=lambda entry: (canonicalize_name(entry.requirement.name), entry.version))
    components = {_reference(entry): _component(entry) for entry in entries}
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    direct = {canonicalize_name(requirement.name) for requirement in direct_dependencies()}
    depends_on = [_reference(entry) for entry in entries if canonicalize_name(entry.requirement.name) in direct]
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": _SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "purl": root,
                "licenses": [{"expression": project["license"]}],
            },
            "properties": [{"name": "lock", "value": lock.name}, {"name": "lock:sha256", "value": digest}],
        },
        "components": list(components.values()),
        "dependencies": [{"ref": root, "dependsOn": sorted(set(depends_on))}],
    }


def _reference(entry: Locked) -> str:
    return f"pkg:pypi/{canonicalize_name(entry.requirement.name)}@{entry.version}"


def _component(entry: Locked) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _reference(entry),
        "name": entry.requirement.name,
        "version": entry.version,
        "purl": _reference(entry),
        "externalReferences": [
            {
                "type": "distribution",
                "url": _reference(entry),
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in sorted(set(entry.digests))],
            }
        ],
    }
    if stated := licence(entry.requirement.name):
        expression = _EXPRESSION.fullmatch(stated)
        component["licenses"] = [{"expression": stated} if expression else {"license": {"name": stated}}]
    if entry.requirement.marker:
        component["properties"] = [{"name": "python:marker", "value": str(entry.requirement.marker)}]
    return component


def main(lock: str, file: str) -> None:
    """Write the bill of a lock into a file."""
    path = REPOSITORY / file
    path.parent.mkdir(parents=True, exist_ok=True)
    found = bill(REPOSITORY / lock)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{file}: {len(found['components'])} components of {lock}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
