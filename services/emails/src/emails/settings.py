"""The environment of emails."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from mesh import Settings as MeshSettings
from mesh.settings import Url

_LISTED = BeforeValidator(lambda given: tuple(given.split(",")) if isinstance(given, str) else given)
"""Several in one variable, with commas between them."""


class Settings(MeshSettings):
    """Beside what every service needs: where mails go, and from whom."""

    smtp_url: str = Field(repr=False, pattern=r"^smtp://")  # may carry a password
    """smtp://[user:password@]host:port"""
    mail_from: str = Field(pattern=r"^[^\r\n]*[^\s<>]@[^\s<>]+>?$")
    """Such as `Meshwork <orders@meshwork.example>`."""
    public_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+/?$")]
    """Where people reach the orders API, such as https://api.shop.example: for the links in mails."""
    link_keys: Annotated[tuple[str, ...], _LISTED] = Field(repr=False, min_length=1)
    """What those links are encrypted with, the newest first, and the same for orders: `orders link-key`
    prints one."""
    limits_url: Url | None = Field(default=None, repr=False)
    """The Redis or Valkey on which all workers count together what they hand to a mail server: redis://… or a
    broker's streams+redis://… None: each process counts for itself."""
