"""Addresses as a server may be told them: nothing in one ends a command, a header, or the angle brackets."""

import re

import idna

from emails.smtp.errors import Refused

_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_DOMAIN = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}")
_LOCAL, _WHOLE, _HOST = 64, 254, 253  # octets: RFC 5321, and what it leaves for an address in <>


def deliverable(address: str) -> str:
    """The address with its domain as the DNS writes it; the part before the @ belongs to its server.

    Raises Refused, which never quotes the address.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise Refused("the address lacks a part before its @, or a domain behind it")
    if len(local.encode(errors="replace")) > _LOCAL:
        raise Refused(f"the address has more than {_LOCAL} bytes before its @")
    if not (_ATOMS.fullmatch(local) or _QUOTED.fullmatch(local)):
        raise Refused("the address has characters before its @ that none may have")
    ready = f"{local}@{_in_dns(domain)}"
    if len(ready.encode()) > _WHOLE:
        raise Refused(f"the address has more than {_WHOLE} bytes")
    return ready


def _in_dns(domain: str) -> str:
    try:
        ascii = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):  # its text quotes the address
        ascii = ""
    if len(ascii) > _HOST or not _DOMAIN.fullmatch(ascii):
        raise Refused("the domain of the address is none that the DNS could know")
    return ascii
