"""`supervision-bot keys`: a key is printed and kept nowhere, texts are put under it, and no key is ever shown."""

import re
from pathlib import Path

import pytest

from bot.cli.main import main


def test_a_key_is_made_used_replaced_and_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def ran(*words: str, key: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("DATA_KEY", key)
        status = main(["keys", *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    (_, one, named), (_, two, _) = ran("new"), ran("new")
    one, two = one.strip(), two.strip()
    assert re.fullmatch(r"[\w-]{43}=", one)
    assert one != two
    assert re.fullmatch(r"Doctor and errors call it [0-9a-f]{16}\. .*\n", named)
    assert not (tmp_path / "data").exists()

    status, out, err = ran("rotate", key=one)
    where = f"SQLite in {tmp_path}/data/supervision.db"
    assert (status, err) == (0, "")
    assert out.startswith(f"{where}: 0 rows written anew, and every text is kept under the first key.\n")
    assert ran("rotate", key=f"{two},{one}")[0] == 0
    for wrong in (one, "nonsense", ""):
        status, out, err = ran("rotate", key=wrong)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert one not in err
    _, out, _ = ran("rotate", "--plain", key=two)
    assert "as plain text" in out
    assert "Take DATA_KEY out" in out
    assert ran("rotate")[2].startswith("supervision-bot: DATA_KEY is not set;")


def test_what_was_not_cleared_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    main(["keys", "new"])
    monkeypatch.setenv("DATA_KEY", capsys.readouterr().out.strip())
    monkeypatch.setattr("bot.storage.keys._clear_file", lambda _: False)
    assert main(["keys", "rotate"]) == 0
    assert "may still stand in its free space" in capsys.readouterr().out
