"""The environment of reports."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from contracts.message import Email
from contracts.timing import Timing
from mesh import Settings as MeshSettings
from mesh import recurrence
from mesh.settings import LISTED
from reports.sources import urls

_FIELDS = 5  # of a crontab
_KEY = r"^[a-z0-9][a-z0-9-]*=\S+$"


def _zone(given: str) -> str:
    """Raises ValueError for what is none."""
    recurrence.zone(given)
    return given


def _clock(given: Timing | str) -> Timing | None:
    """Raises ValueError for what is no crontab, or never falls due."""
    if isinstance(given, Timing):
        return given
    if given == "never":
        return None
    words = given.split()
    zone = words.pop() if len(words) > _FIELDS else "UTC"
    timing = Timing(cron=" ".join(words), zone=zone)
    recurrence.refuse_unfit(timing, datetime.now(UTC))
    return timing


ByClock = Annotated[Timing | None, BeforeValidator(_clock)]
"""A crontab, and a zone behind it if it is not UTC's clocks: `30 16 * * 1-5 Europe/Berlin`. `never`: not."""


class Settings(MeshSettings):
    """Beside what every service needs: how figures are made, and who gets yesterday's."""

    reporting_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """What figures are in, whatever customers paid in: a code of ISO 4217.
    After a change: `reports rates convert`."""
    rates_url: Annotated[tuple[Annotated[str, AfterValidator(urls.checked)], ...], LISTED] = Field(
        default=(),
        repr=False,  # may carry a password
    )
    """Where exchange rates are published, with commas between: documents of the European Central Bank's kind.
    None: no rates are fetched."""
    fetch_rates_cron: ByClock = Timing(cron="30 16,18 * * 1-5", zone="Europe/Berlin")
    """When. The ECB publishes about 16:00 of its clocks on working days; asked again, it has nothing new."""

    orders_folder: Path | None = None
    """Into which people put files with orders of elsewhere. None: nothing is taken."""
    take_files_cron: ByClock = Timing(cron="* * * * *", zone="UTC")
    """When it is looked at."""

    orders_url: Annotated[str, AfterValidator(urls.checked)] | None = None
    """Where the orders service's HTTP API is, such as http://orders-api:8080."""
    orders_keys: Annotated[tuple[Annotated[str, StringConstraints(pattern=_KEY)], ...], LISTED] = Field(
        default=(), repr=False
    )
    """Whose orders are reconciled, as `account=key`, with commas between; keys with the scope orders:read.
    None: nobody's."""
    reconcile_day_cron: ByClock = Timing(cron="30 2 * * *", zone="UTC")
    """When the UTC day before is. Its last ten minutes have to be over, so not before 00:10 UTC."""
    merchant_email: Email | None = Field(default=None, repr=False)  # personal
    """Who gets the sales of all accounts every morning, from a beat's first start on. None: nobody."""
    merchant_name: str = Field(default="", repr=False)
    merchant_locale: str = "en"
    """A BCP 47 tag."""
    merchant_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Whose clocks and days are meant, such as Europe/Berlin."""

    @field_validator("orders_keys")
    @classmethod
    def _there(cls, keys: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if keys and not info.data.get("orders_url"):
            raise ValueError("it goes together with ORDERS_URL")
        return keys

    @field_validator("rates_url")
    @classmethod
    def _told_apart(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(map(urls.name, given))) < len(given):
            raise ValueError("two of its URLs have the same host and path")
        return given
