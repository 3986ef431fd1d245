"""Fixtures of the command line's tests."""

from pathlib import Path

import pytest

from tests.cli.process import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty data folder: for commands that need no index."""
    return Program(tmp_path, tmp_path / "data")


@pytest.fixture
def asking(tmp_path: Path, data_folder: Path) -> Program:
    """The program over the real index."""
    return Program(tmp_path, data_folder)
