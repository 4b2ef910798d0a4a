"""The environment of emails."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, InstanceOf, StringConstraints, ValidationInfo, field_validator

from emails.push import hosts
from emails.smtp.providers import Provider, parse
from mesh import Settings as MeshSettings
from mesh.settings import LISTED, PerTime, Url

_PROVIDERS = BeforeValidator(lambda given: parse(given) if isinstance(given, str) else given)
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*[^\s<>]@[^\s<>]+>?$")]

PushHost = Annotated[str, StringConstraints(pattern=hosts.WRITTEN)]


class Settings(MeshSettings):
    """Beside what every service needs: where mails go, and from whom."""

    smtp_url: Annotated[tuple[InstanceOf[Provider], ...], _PROVIDERS] = Field(repr=False)  # carries passwords
    """Who takes mails, the preferred first: what such URLs say is in `emails.smtp.providers`."""
    mail_from: MailAddress
    """Such as `Meshwork <orders@meshwork.example>`."""
    mail_reply_to: MailAddress | None = None
    """Where answers go. None: to where mails come from."""
    dkim_domain: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    """Which domain answers for mails. None: that of MAIL_FROM."""
    dkim_selector: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    """The public key is at `<selector>._domainkey.<domain>` in the DNS."""
    dkim_key_file: Path | None = Field(default=None, validate_default=True)
    """A private key in PEM, RSA or Ed25519, by which mails are signed. None: they are not."""
    bulk_rate: PerTime | None = None
    """Mails of campaigns that all workers together hand over, such as 50/1: fifty a second. None: as fast as
    they can."""
    public_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+/?$")]
    """Where people reach the orders API, such as https://api.shop.example: for the links in mails."""
    link_keys: Annotated[tuple[str, ...], LISTED] = Field(repr=False, min_length=1)
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
    push_hosts: Annotated[tuple[PushHost, ...], LISTED] = hosts.KNOWN
    """The push services that are asked, with commas between: *.push.apple.com is all that are below it."""

    @field_validator("dkim_key_file")
    @classmethod
    def _signed_or_not(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if (key is None) != (info.data.get("dkim_selector") is None):
            raise ValueError("it goes together with DKIM_SELECTOR")
        return key
