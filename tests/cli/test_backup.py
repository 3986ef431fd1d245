"""`supervision-bot backup` and `restore`: what they say, and that they refuse in one sentence."""

import re

from tests.cli.process import Program


def test_a_backup_is_taken_and_put_back_and_both_say_what_they_did(program: Program) -> None:
    program.run("migrate")
    where = f"SQLite in {program.data_dir}/supervision.db"
    taken = program.run("backup", "kept.backup")
    assert (taken.status, taken.err) == (0, "")
    first, second = taken.out.splitlines()
    assert re.fullmatch(rf"{re.escape(where)}: 0 rows at revision \d+ are in kept.backup, .*", first)
    assert "keep it as you keep the database" in second

    back = program.run("restore", "kept.backup")
    assert (back.status, back.err) == (0, "")
    assert re.match(rf"{re.escape(where)}: 0 rows of 20\S+ are back, from revision \d+ of sqlite\.\n", back.out)
    assert "supervision-bot doctor" in back.out


def test_what_cannot_be_done_is_one_sentence(program: Program) -> None:
    (program.cwd / "torn").write_bytes(b"PK\x03\x04 torn")
    for words in (("backup", "kept.backup"), ("restore", "gone"), ("restore", "torn")):
        ran = program.run(*words)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.count("\n") == 1
        assert "Traceback" not in ran.err
