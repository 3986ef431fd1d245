"""Entry of the console script `supervision-bot`."""

import os
import sys

from bot.cli.main import main

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def run() -> None:
    """Run the command line and end the process with its status."""
    # Read by numpy when it is first imported, which is later. The screens multiply small matrices for many people at
    # once: threads of several such products wait for each other far longer than one needs for all of a product.
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    sys.exit(main())


if __name__ == "__main__":
    run()
