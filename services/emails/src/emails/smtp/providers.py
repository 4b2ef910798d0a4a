"""Who takes our mails: what SMTP_URL says, several with spaces or commas between, the preferred first.

    smtp://mailpit:1025
    smtp+starttls://user:password@smtp.example.com:587?name=main&rate=100/1&domain_rate=20/1
    smtps://user:password@smtp.example.net:465?ca=/etc/ssl/their-ca.pem&timeout=10&connections=8

Both kinds of TLS verify the server's certificate and name. An error quotes nothing of a URL but the names
of its options: it may carry a password.
"""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mesh.errors import RefusedAtStart
from mesh.ratelimit import Rate

Tls = Literal["never", "starttls", "always"]
_SCHEMES: Mapping[str, tuple[Tls, int]] = {
    "smtp": ("never", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("always", 465),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail server, and how it wants to be used."""

    name: str
    """In logs, in what is told of a mail, and in the names of its rates."""
    host: str
    port: int
    tls: Tls
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)
    rate: Rate | None = None
    domain_rate: Rate | None = None
    """For each recipients' domain."""
    ca: str | None = None
    """A file of authorities. None: the system's."""
    timeout: float = 10.0
    """Seconds for each step of a conversation."""
    connections: int = 64
    """At a time, of one worker."""

    def context(self) -> ssl.SSLContext | None:
        """For TLS, if it is spoken. Raises RefusedAtStart."""
        if self.tls == "never":
            return None
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:  # an SSLError is one
            raise RefusedAtStart(f"SMTP_URL: ca={self.ca}: {error.strerror or error}") from None


def parse(text: str) -> tuple[Provider, ...]:
    """Raises ValueError, which may be shown."""
    providers = tuple(_provider(url) for url in re.split(r"[\s,]+", text) if url)
    if not providers:
        raise ValueError("there is no URL in it")
    names = [provider.name for provider in providers]
    if len(set(names)) < len(names):
        raise ValueError("two of its URLs have one name: give each another ?name=")
    return providers


def _provider(url: str) -> Provider:
    parts = _split(url)
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"a URL begins with {', '.join(f'{scheme}://' for scheme in _SCHEMES)}")
    if not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError(
            "a URL is scheme://[user:password@]host[:port][?options], with a password's @ as %40"
        )
    tls, port = _SCHEMES[parts.scheme]
    if parts.username and tls == "never" and not _own(parts.hostname):
        raise ValueError("smtp:// would send the password in the clear: use smtp+starttls:// or smtps://")
    options: dict[str, Any] = {"name": parts.hostname, **_options(parts.query)}
    return Provider(
        host=parts.hostname,
        port=parts.port or port,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        **options,
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its text quotes the URL
        raise ValueError("a URL has a host or a port that is none") from None
    return parts


def _own(host: str) -> bool:
    """Whether nobody is between it and us."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _options(query: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise ValueError(f"an option that is none of {', '.join(_OPTIONS)}")
        try:
            options[name] = _OPTIONS[name](value)
        except ValueError:
            raise ValueError(f"{name}= does not fit: {_FORMS[name]}") from None
    return options


def _name(value: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,40}", value):
        raise ValueError
    return value


def _between(least: float, most: float) -> Callable[[str], float]:
    def parsed(value: str) -> float:
        if not least <= float(value) <= most:
            raise ValueError
        return float(value)

    return parsed


def _connections(value: str) -> int:
    return int(_between(1, 1000)(str(int(value))))


_OPTIONS: Mapping[str, Callable[[str], object]] = {
    "name": _name,
    "rate": Rate.parse,
    "domain_rate": Rate.parse,
    "ca": str,
    "timeout": _between(0.1, 20.0),
    "connections": _connections,
}
_FORMS: Mapping[str, str] = {
    "name": "up to 40 letters, digits, dots and dashes",
    "rate": "mails/seconds, such as 100/1",
    "domain_rate": "mails/seconds, such as 20/1",
    "timeout": "seconds, from 0.1 to 20",
    "connections": "a number from 1 to 1000",
}
