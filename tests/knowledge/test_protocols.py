"""Protocols of peer consultation: the shipped ones hold, and what does not is named by file and field."""

from pathlib import Path

import pytest
import yaml

from knowledge.errors import FixCorpus
from knowledge.protocols import FOLDER, StepKind, load_protocols

_GOOD = yaml.safe_load((FOLDER / "thirty.yaml").read_text(encoding="utf-8"))


def _refused(folder: Path, **changed: object) -> str:
    (folder / "thirty.yaml").write_text(yaml.safe_dump({**_GOOD, **changed}), encoding="utf-8")
    with pytest.raises(FixCorpus) as refused:
        load_protocols(folder)
    return str(refused.value)


def test_a_short_and_a_long_protocol_are_shipped_with_a_poll_and_passages_each() -> None:
    protocols = load_protocols()
    assert [one.minutes for one in protocols.values()] == [30, 50]
    for protocol in protocols.values():
        kinds = [step.kind for step in protocol.steps]
        assert kinds[0] is StepKind.TALK
        assert kinds[-1] is StepKind.CLOSE
        assert {StepKind.POLL, StepKind.PASSAGES} <= set(kinds)


def test_what_does_not_hold_is_named_by_file_and_field(tmp_path: Path) -> None:
    steps = _GOOD["steps"]
    poll = next(step for step in steps if step["kind"] == "poll")
    cases: list[tuple[dict[str, object], str]] = [
        ({"minutes": 31}, "the steps take 30 minutes, and `minutes` says 31"),
        ({"leader": "x"}, "thirty.yaml is not usable (leader: "),
        ({"id": "other"}, "id: it is not the name of the file"),
        (
            {"steps": [*steps[:-1], {**steps[-1], "kind": "talk"}]},
            "the last step, and no other, is of the kind `close`",
        ),
        ({"steps": [{**poll, "minutes": 5}, *steps[1:]]}, "the first step is of the kind `talk`"),
        ({"steps": [steps[0], {**poll, "minutes": 4}, *steps[2:]]}, "one step of the kind `poll` at most"),
        ({"steps": [{**steps[0], "poll": poll["poll"]}, *steps[1:]]}, "and no other step has one"),
    ]
    for changed, said in cases:
        assert said in _refused(tmp_path, **changed)


def test_a_file_that_cannot_be_read_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FixCorpus, match="there are no protocols"):
        load_protocols(tmp_path)
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(FixCorpus, match=r"broken\.yaml is not usable \(it cannot be read\)"):
        load_protocols(tmp_path)
