"""A library that another would load is kept out, and only for that while."""

import importlib
import subprocess
import sys

import pytest

from knowledge.light import without


def test_a_library_that_is_kept_out_is_not_found_and_is_found_again_afterwards() -> None:
    sys.modules.pop("colorsys", None)

    with without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_a_library_that_is_loaded_stays() -> None:
    with without("sys"):
        assert importlib.import_module("sys") is sys


def test_looking_for_words_loads_no_jax() -> None:
    seen = "import sys, knowledge.lexical; sys.exit('jax' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0  # noqa: S603  # our own words
