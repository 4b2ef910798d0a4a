"""The environment of reports."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from contracts.message import Email
from mesh import Settings as MeshSettings
from mesh import recurrence
from mesh.settings import LISTED
from reports.sources import urls

_KEY = r"^[a-z0-9][a-z0-9-]*=\S+$"


def _zone(given: str) -> str:
    """Raises ValueError for what is none."""
    recurrence.zone(given)
    return given


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

    orders_folder: Path | None = None
    """Into which people put files with orders of elsewhere. None: nothing is taken."""

    orders_url: Annotated[str, AfterValidator(urls.checked)] | None = None
    """Where the orders service's HTTP API is, such as http://orders-api:8080."""
    orders_keys: Annotated[tuple[Annotated[str, StringConstraints(pattern=_KEY)], ...], LISTED] = Field(
        default=(), repr=False
    )
    """Whose orders are reconciled, as `account=key`, with commas between; keys with the scope orders:read.
    None: nobody's."""
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
