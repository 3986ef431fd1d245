"""Tests of what the program does, a folder for each part of it."""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # as the program does, before numpy is imported
    os.environ.setdefault(_name, "1")
