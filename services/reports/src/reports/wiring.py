"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from reports.settings import Settings


class Deps:
    """What the handlers of reports need beside their transaction: nothing yet."""


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker."""
    yield Deps()
