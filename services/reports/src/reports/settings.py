"""The environment of reports."""

from typing import Annotated

from pydantic import StringConstraints

from mesh import Settings as MeshSettings


class Settings(MeshSettings):
    """Beside what every service needs: how figures are made."""

    reporting_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """What figures are in, whatever customers paid in: a code of ISO 4217.
    After a change: `reports rebuild`."""
