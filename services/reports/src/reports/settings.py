"""The environment of reports."""

from typing import Annotated

from pydantic import AfterValidator, Field

from contracts.message import Email
from mesh import Settings as MeshSettings
from mesh import recurrence


def _zone(given: str) -> str:
    """Raises ValueError for what is none."""
    recurrence.zone(given)
    return given


class Settings(MeshSettings):
    """Beside what every service needs: who gets yesterday's sales."""

    merchant_email: Email | None = Field(default=None, repr=False)  # personal
    """Who gets the sales of all accounts every morning, from a beat's first start on. None: nobody."""
    merchant_name: str = Field(default="", repr=False)
    merchant_locale: str = "en"
    """A BCP 47 tag."""
    merchant_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Whose clocks and days are meant, such as Europe/Berlin."""
