"""`supervision-bot migrate`: says where the database is, what it was and what it is now."""

import sqlite3
from contextlib import closing

from tests.cli.process import Program


def test_it_makes_the_database_and_says_so_and_then_has_nothing_to_do(program: Program) -> None:
    where = f"SQLite in {program.data_dir}/supervision.db"
    before = program.run("migrate", "--show")
    assert (before.status, before.out) == (0, f"{where}: current none, it is empty; head 0008.\n")
    assert not program.data_dir.exists()

    first, second, after = (program.run(*words) for words in (("migrate",), ("migrate",), ("migrate", "--show")))

    assert (first.status, first.out) == (0, f"{where}: migrated from empty to 0008, the head.\n")
    assert (second.status, second.out) == (0, f"{where}: at 0008, the head; there was nothing to do.\n")
    assert (after.status, after.out) == (0, f"{where}: current 0008; head 0008.\n")
    assert before.err + first.err + second.err + after.err == ""


def test_a_newer_database_is_refused_in_one_sentence(program: Program) -> None:
    program.run("migrate")
    with closing(sqlite3.connect(program.data_dir / "supervision.db")) as connection, connection:
        connection.execute("UPDATE supervision_revision SET version_num = '0999'")
    ran = program.run("migrate")
    assert (ran.status, ran.out) == (1, "")
    assert "install the newer version that wrote it, or restore a backup from before.\n" in ran.err
    assert ran.err.count("\n") == 1


def test_an_address_that_cannot_be_used_is_refused_without_showing_it(program: Program) -> None:
    ran = program.run("migrate", DATABASE_URL="postgresql://someone:planted/secret@127.0.0.1/records")
    assert (ran.status, ran.out) == (1, "")
    assert "DATABASE_URL" in ran.err
    assert "planted" not in ran.err
    assert ran.err.count("\n") == 1
