"""What was being answered when a process was killed is known to the next one."""

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.journal import Journal


class _Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def _file(folder: Path) -> Path:
    return folder / "in-flight-0.journal"


def test_what_was_begun_and_not_ended_is_left_behind_and_told_once(tmp_path: Path) -> None:
    killed = Journal(_file(tmp_path))
    for key in (1, 2, 3):
        killed.begin(key, f"token-{key}")
    killed.end(2)

    after = Journal(_file(tmp_path))
    assert after.left_behind() == ("token-1", "token-3")
    assert after.left_behind() == ()


def test_a_token_that_discord_no_longer_takes_is_forgotten(tmp_path: Path) -> None:
    clock = _Clock()
    Journal(_file(tmp_path), clock=clock).begin(1, "token")
    clock.now += 15 * 60

    assert Journal(_file(tmp_path), clock=clock).left_behind() == ()


def test_without_a_file_nothing_was_left_behind(tmp_path: Path) -> None:
    assert Journal(_file(tmp_path)).left_behind() == ()


@given(st.lists(st.text(max_size=30), max_size=10))
def test_whatever_stands_in_the_file_is_read_without_an_error(lines: list[str]) -> None:
    class _Text:
        def read_text(self, **_: object) -> str:
            return "\n".join(lines)

        def unlink(self) -> None:
            """Forget it."""

    journal = Journal(_Text())  # type: ignore[arg-type]  # what is read of a path
    assert all(isinstance(token, str) for token in journal.left_behind())


def test_a_line_that_was_cut_short_costs_the_others_nothing(tmp_path: Path) -> None:
    journal = Journal(_file(tmp_path))
    journal.begin(1, "token-1")
    with _file(tmp_path).open("a", encoding="utf-8") as stream:
        stream.write("+ 2 18")

    assert Journal(_file(tmp_path)).left_behind() == ("token-1",)


def test_the_file_is_its_owners_alone_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    journal = Journal(_file(tmp_path))
    journal.begin(1, "t" * 60_000)
    assert stat.S_IMODE(_file(tmp_path).stat().st_mode) == 0o600
    journal.begin(2, "t" * 60_000)
    journal.end(1)
    assert _file(tmp_path).exists()

    journal.end(2)

    assert not _file(tmp_path).exists()


def test_a_folder_that_cannot_be_written_costs_nobody_an_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "journal")
    journal.begin(1, "token")
    journal.end(1)
    assert journal.left_behind() == ()
