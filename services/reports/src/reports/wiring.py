"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mesh.files import FileStore, open_store
from reports.settings import Settings


@dataclass(frozen=True, slots=True)
class Deps:
    """What the handlers of reports need beside their transaction."""

    files: FileStore | None
    """Where reports are laid. None: nowhere, so none can be made."""
    reporting: str = "EUR"
    """The currency that figures are in."""


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker."""
    files = open_store(settings.files_url) if settings.files_url else None
    yield Deps(files, settings.reporting_currency)
