"""The environment of reports."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from contracts.message import Email
from mesh import Settings as MeshSettings
from mesh import recurrence


def _zone(given: str) -> str:
    """Raises ValueError for what is none."""
    recurrence.zone(given)
    return given


class Settings(MeshSettings):
    """Beside what every service needs: how figures are made, and who gets yesterday's."""

    reporting_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """What figures are in, whatever customers paid in: a code of ISO 4217.
    After a change: `reports rebuild`."""
    merchant_email: Email | None = Field(default=None, repr=False)  # personal
    """Who gets the sales of all accounts every morning, from a beat's first start on. None: nobody."""
    merchant_name: str = Field(default="", repr=False)
    merchant_locale: str = "en"
    """A BCP 47 tag."""
    merchant_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Whose clocks and days are meant, such as Europe/Berlin."""
