"""The environment of emails."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from emails.push import hosts
from mesh import Settings as MeshSettings
from mesh.settings import Url

_LISTED = BeforeValidator(lambda given: tuple(given.split(",")) if isinstance(given, str) else given)
"""Several in one variable, with commas between them."""

PushHost = Annotated[str, StringConstraints(pattern=hosts.WRITTEN)]


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
    vapid_key: str | None = Field(default=None, repr=False)
    """The private key with which pushes are signed, as PEM or as `emails vapid` prints it. None, and no
    VAPID_KEY_FILE: nothing can be pushed."""
    vapid_key_file: Path | None = None
    """Where it lies instead."""
    vapid_subject: Annotated[str, StringConstraints(pattern=r"^(mailto:|https://)\S+$")] | None = None
    """Where push services reach us if something is wrong: mailto:… or https://… None: MAIL_FROM."""
    push_hosts: Annotated[tuple[PushHost, ...], _LISTED] = hosts.KNOWN
    """The push services that are asked, with commas between: *.push.apple.com is all that are below it."""
