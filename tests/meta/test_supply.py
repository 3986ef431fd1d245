"""What the program is made of, as a bill of materials, and what is known against it."""

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from tests.meta import audit, sbom
from tests.meta.packages import REPOSITORY, direct_dependencies, locked

LOCKS = [REPOSITORY / "requirements.lock", REPOSITORY / "requirements-deploy.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_bill_lists_every_locked_package_once_with_its_hashes(lock: Path) -> None:
    bill = sbom.bill(lock)
    listed = [(component["name"], component["version"]) for component in bill["components"]]
    assert sorted(listed) == sorted({(entry.requirement.name, entry.version) for entry in locked(lock)})
    for component in bill["components"]:
        (files,) = component["externalReferences"]
        assert all(re.fullmatch("[0-9a-f]{64}", one["content"]) for one in files["hashes"])
        assert files["hashes"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_bill_has_the_form_of_cyclonedx(lock: Path) -> None:
    bill = sbom.bill(lock)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(set(references)) == len(references)
    (root,) = bill["dependencies"]
    assert root["ref"] == bill["metadata"]["component"]["bom-ref"]
    assert set(root["dependsOn"]) <= set(references)
    named = {reference.partition("@")[0] for reference in root["dependsOn"]}
    assert len(named) == len(direct_dependencies())
    for component in bill["components"]:
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[^@]+", component["purl"])


def test_the_bill_of_one_lock_is_the_same_every_time() -> None:
    assert sbom.bill(LOCKS[0]) == sbom.bill(LOCKS[0])
    assert sbom.bill(LOCKS[0])["serialNumber"] != sbom.bill(LOCKS[1])["serialNumber"]


def _program(folder: Path, body: str) -> str:
    """Return a program that stands for pip-audit."""
    path = folder / "pip-audit"
    path.write_text(f"#!{sys.executable}\nimport json, sys\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_where_nothing_is_known_it_says_how_many_were_looked_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = """
lines = open(sys.argv[-1]).read().split()
print(json.dumps({"dependencies": [dict(zip(("name", "version"), line.split("==")), vulns=[]) for line in lines]}))
"""
    assert audit.main(_program(tmp_path, body), "requirements-uv.lock") == audit.NOTHING_KNOWN
    assert capsys.readouterr().out == "1 packages were looked up; 0 vulnerabilities are known.\n"


def test_what_is_known_is_told_with_the_version_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"name": "uv", "version": "1", "vulns": [{"id": "GHSA-x", "fix_versions": ["2"]}]}
    body = f"print(json.dumps({ {'dependencies': [known]} })); sys.exit(1)"
    assert audit.main(_program(tmp_path, body), "requirements-uv.lock") == audit.SOMETHING_KNOWN
    assert "uv 1: GHSA-x, mended in 2\n" in capsys.readouterr().out


@pytest.mark.parametrize("body", ["sys.exit('ConnectionError: no name')", "print('{}')", "print('[')", "sys.exit(1)"])
def test_where_nobody_can_be_asked_it_says_so_and_ends_in_its_own_way(
    body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(_program(tmp_path, body), "requirements-uv.lock") == audit.NOBODY_TO_ASK
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("The database of vulnerabilities could not be asked, so nothing is known: ")


def test_a_program_that_is_not_there_is_nobody_to_ask(tmp_path: Path) -> None:
    assert audit.main(str(tmp_path / "gone"), "requirements-uv.lock") == audit.NOBODY_TO_ASK


def test_each_version_of_a_package_is_asked_about_and_none_twice_at_once() -> None:
    lists = audit.rounds(LOCKS)
    for pinned in lists:
        names = [line.partition("==")[0] for line in pinned]
        assert len(set(names)) == len(names)
    wanted = {f"{entry.requirement.name}=={entry.version}" for lock in LOCKS for entry in locked(lock)}
    assert {line for pinned in lists for line in pinned} == wanted


def test_the_bill_is_written_as_json(tmp_path: Path) -> None:
    sbom.main("requirements-uv.lock", str(tmp_path / "deep" / "sbom.json"))
    assert json.loads((tmp_path / "deep" / "sbom.json").read_text())["components"][0]["name"] == "uv"
