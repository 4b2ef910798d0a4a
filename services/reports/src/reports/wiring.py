"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from contracts import Command
from contracts.emails import Recipient
from contracts.reports import FetchRates, ReconcileDay, TakeFiles
from contracts.timing import Timing
from mesh import Effect, Reject, Tx, canvas
from mesh.database import connect
from mesh.files import FileStore, open_store
from reports.settings import Settings
from reports.sources import urls
from reports.sources.fetching import Source
from reports.sources.folder import Dropped
from reports.sources.orders_api import Shop
from reports.sources.rates import LARGEST
from reports.usecases import chores, scheduling
from reports.usecases.taking import Counter


@dataclass(frozen=True, slots=True)
class Deps:
    """What the handlers of reports need beside their transaction."""

    files: FileStore | None
    """Where reports are laid. None: nowhere, so none can be made."""
    reporting: str = "EUR"
    """The currency that figures are in."""
    rates: Mapping[str, Source] = field(default_factory=dict)
    """Where exchange rates are published, by name."""
    counter: Counter | None = None
    """Where files with orders of elsewhere are handed in. None: nowhere."""
    shops: Sequence[Shop] = ()
    """Whose orders are reconciled."""
    call_off: Callable[[UUID], None] | None = None
    """Has no step of that canvas begun any more. None: no Redis of results, and no canvas either."""

    @property
    def store(self) -> FileStore:
        """Raises Reject."""
        if self.files is None:
            raise Reject("there is no file store: set FILES_URL, then replay")
        return self.files

    def refuse_without_places(self) -> None:
        """Raises Reject where reports could not be made."""
        if self.store and self.call_off is None:
            raise Reject("there is no Redis of results: set RESULT_URL, in all services, then replay")

    def calling_off(self, canvas: UUID) -> Effect[None] | None:
        """None: there is nothing that could be called off."""
        if self.call_off is None:
            return None
        return Effect(perform=partial(self.call_off, canvas), then=lambda _tx, _none: None)


def rate_sources(settings: Settings) -> dict[str, Source]:
    """By name."""
    named = {urls.name(url): url for url in settings.rates_url}
    return {name: Source(name, url, largest=LARGEST) for name, url in named.items()}


def counter(settings: Settings, files: FileStore | None) -> Counter | None:
    """For one process: a folder is looked at again and again."""
    if settings.orders_folder is None:
        return None
    connected = partial(connect, settings.database_url, "reports-files")
    return Counter(Dropped(settings.orders_folder), connected, files)


def shops(settings: Settings) -> list[Shop]:
    """Whose orders are reconciled."""
    named = (each.partition("=") for each in settings.orders_keys)
    return [Shop(account, settings.orders_url or "", key) for account, _, key in named]


def files(settings: Settings) -> FileStore | None:
    return open_store(settings.files_url) if settings.files_url else None


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker."""
    kept = files(settings)
    yield Deps(
        kept,
        settings.reporting_currency,
        rate_sources(settings),
        counter(settings, kept),
        shops(settings),
        partial(canvas.revoke, settings) if settings.result_url else None,
    )


def begin(tx: Tx, settings: Settings) -> None:
    """For a beat: what falls due before anybody says anything."""
    chores.begin(wanted_chores(settings), tx)
    if settings.merchant_email:
        merchant = Recipient(
            email=settings.merchant_email, name=settings.merchant_name, locale=settings.merchant_locale
        )
        scheduling.begin(merchant, settings.merchant_zone, tx)


def wanted_chores(settings: Settings) -> dict[type[Command], Timing]:
    """Those that there is something for, and that are not switched off."""
    found: tuple[tuple[type[Command], object, Timing | None], ...] = (
        (FetchRates, settings.rates_url, settings.fetch_rates_cron),
        (TakeFiles, settings.orders_folder, settings.take_files_cron),
        (ReconcileDay, settings.orders_keys, settings.reconcile_day_cron),
    )
    return {command: timing for command, source, timing in found if source and timing}
