"""`bench`: this pipeline beside a tutorial pipeline."""


def bench() -> int:
    """Compare."""
    return 0
