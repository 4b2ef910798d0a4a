"""Where the server is: what the URL behind `streams+` says.

    redis://:password@host:6379/0
    rediss://user:password@host:6379/0?ssl_ca_certs=/etc/ssl/ca.pem
    sentinel://:password@host1:26379/0?master=main&also=host2:26379,host3:26379

`rediss` verifies the server's certificate and name, by the system's authorities if no others are
named. `ssl_…` of the query goes to redis-py as it is (ssl_ca_certs, ssl_certfile, ssl_keyfile,
ssl_check_hostname=false, ssl_cert_reqs=none). Behind a sentinel, `tls=true` means the servers.
"""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mesh.errors import RefusedAtStart

_PORTS = {"redis": 6379, "rediss": 6379, "sentinel": 26379}
_REQUIREMENTS = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


@dataclass(frozen=True, slots=True)
class Address:
    """A server, or the sentinels that know which one it is."""

    hosts: tuple[tuple[str, int], ...]
    username: str | None
    password: str | None
    database: int
    master: str | None
    """The name by which sentinels know the server; None: there are no sentinels."""
    tls: dict[str, Any] | None
    """Options for redis-py; None: no TLS."""

    @classmethod
    def parse(cls, url: str, setting: str = "BROKER_URL") -> "Address":
        """Raises RefusedAtStart for what is no such URL; `setting`: what it comes from."""
        try:
            return _parsed(url)
        except ValueError as error:
            raise RefusedAtStart(f"{setting} is no address of a Redis or Valkey server: {error}") from None


def _parsed(url: str) -> Address:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{parts.scheme}, where {', '.join(_PORTS)} are known")
    credentials, _, places = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    query = dict(parse_qsl(parts.query))
    master = query.get("master")
    also = query["also"].split(",") if "also" in query else []
    if (parts.scheme == "sentinel") != bool(master):
        raise ValueError("sentinel:// and ?master=<name> belong together")
    return Address(
        hosts=tuple(_place(place, _PORTS[parts.scheme]) for place in [places, *also]),
        username=unquote(username) or None,
        password=unquote(password) or None,
        database=int(parts.path.strip("/") or 0),
        master=master,
        tls=_tls(query) if parts.scheme == "rediss" or query.get("tls") == "true" else None,
    )


def _place(place: str, port: int) -> tuple[str, int]:
    """Host and port of one of them; an IPv6 address stands in brackets."""
    parts = urlsplit(f"//{place}")
    return parts.hostname or "127.0.0.1", parts.port or port


def _tls(query: dict[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {name: value for name, value in query.items() if name.startswith("ssl_")}
    required = str(options.get("ssl_cert_reqs", "required")).lower().removeprefix("cert_")
    if required not in _REQUIREMENTS:
        raise ValueError(f"ssl_cert_reqs={required}; there are {', '.join(_REQUIREMENTS)}")
    named = str(options.get("ssl_check_hostname", "true")).lower() != "false"
    return {
        **options,
        "ssl_cert_reqs": _REQUIREMENTS[required],
        "ssl_check_hostname": named and required == "required",
    }
