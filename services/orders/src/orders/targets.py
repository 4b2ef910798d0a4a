"""Where webhooks may go: to the internet, and not to what only we can reach. The standard library alone.

Who may name a URL that we ask could otherwise ask our own services, or a cloud's metadata, through us (SSRF).
"""

import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from orders.domain import Refused

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

LONGEST = 2000
"""Characters of a URL."""
_HOST = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
_REST = r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*"
_BEHIND = f"{_HOST}([/?]{_REST})?(#{_REST})?$"
WRITTEN = f"^[Hh][Tt][Tt][Pp][Ss]?://{_BEHIND}"
"""How it is written, in all dialects of patterns; a `%` also has two digits behind it."""
SAFE = f"^[Hh][Tt][Tt][Pp][Ss]://{_BEHIND}"
"""The same of HTTPS alone."""
_NO_BYTE = re.compile("%(?![0-9A-Fa-f]{2})")
_NAT64 = ip_network("64:ff9b::/96")


class Forbidden(Refused):
    """Webhooks do not go there."""


class Targets:
    """What is permitted."""

    def __init__(self, private: Collection[Network] = ()) -> None:
        """`private`: networks that are, beside the internet; where there are any, http is enough."""
        self._private = tuple(private)

    def check(self, url: str) -> None:
        """As far as the URL itself tells: names are looked up when they are used. Raises Forbidden."""
        if why := self.fault(url):
            raise Forbidden(f"Webhooks do not go there: {why}.")

    def fault(self, url: str) -> str | None:
        """What is wrong with it, of what `check` looks at."""
        return next(self._faults(url), None)

    def permit(self, address: str) -> bool:
        """Whether that IP address is."""
        found = ip_address(address.partition("%")[0])
        return all(self._is_permitted(each) for each in (found, *_within(found)))

    def _is_permitted(self, address: Address) -> bool:
        if any(address in network for network in self._private):
            return True
        local = address.is_multicast or getattr(address, "is_site_local", False)
        reserved = address.is_reserved and address not in _NAT64  # that one is what it leads to
        return address.is_global and not local and not reserved

    def _faults(self, url: str) -> Iterator[str]:
        if why := malformed(url):
            yield why
            return
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and self._private):
            yield "it has to begin with https://"
        if _is_address(host) and not self.permit(host):
            yield f"{host} is no public address"
        if host == "localhost" and not self._private:
            yield "localhost is no public name"


def malformed(url: str) -> str | None:
    """What is wrong with how it is written, wherever it leads."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "this is no URL"
    return next(_misspelt(url, parts), None)


def _misspelt(url: str, parts: SplitResult) -> Iterator[str]:
    if len(url) > LONGEST:
        yield f"it is longer than {LONGEST} characters"
    if not (url.isascii() and url.isprintable()) or " " in url:
        yield "a URL is written in printable ASCII"
    if not parts.hostname:
        yield "it names no host"
    if parts.username is not None or parts.password is not None:
        yield "it holds a user's name"
    if not re.fullmatch(WRITTEN, url) or _NO_BYTE.search(url):
        yield "it is not written as a URL is"


def _within(address: Address) -> Iterator[Address]:
    """IPv4 addresses that an IPv6 one leads to."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield address.teredo[1]
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
