"""Entry of the console script `supervision-bot`."""

import sys

from bot.cli.main import main


def run() -> None:
    """Run the command line and end the process with its status."""
    sys.exit(main())


if __name__ == "__main__":
    run()
