"""The environment of reports."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from mesh import Settings as MeshSettings
from mesh.settings import LISTED
from reports.sources import urls


class Settings(MeshSettings):
    """Beside what every service needs: how figures are made."""

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

    @field_validator("rates_url")
    @classmethod
    def _told_apart(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(map(urls.name, given))) < len(given):
            raise ValueError("two of its URLs have the same host and path")
        return given
