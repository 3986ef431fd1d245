"""The entry of the console script."""

import os

import pytest

from bot import __main__ as entry


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("4", "4")])
def test_numbers_are_multiplied_in_one_thread_unless_somebody_says_otherwise(
    before: str | None, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def main() -> int:
        seen.append(os.environ.get("OPENBLAS_NUM_THREADS"))
        return 0

    monkeypatch.setattr(entry, "main", main)
    for name in entry._ONE_THREAD:
        monkeypatch.setenv(name, before or "")
        if before is None:
            monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as ended:
        entry.run()

    assert (seen, ended.value.code) == ([after], 0)
