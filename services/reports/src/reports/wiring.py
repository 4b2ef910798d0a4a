"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.emails import Recipient
from mesh import Tx
from mesh.files import FileStore, open_store
from reports.settings import Settings
from reports.usecases import scheduling


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


def first_schedule(tx: Tx, settings: Settings) -> None:
    """For a beat: what there is before anybody says anything."""
    if settings.merchant_email:
        merchant = Recipient(
            email=settings.merchant_email, name=settings.merchant_name, locale=settings.merchant_locale
        )
        scheduling.begin(merchant, settings.merchant_zone, tx)
