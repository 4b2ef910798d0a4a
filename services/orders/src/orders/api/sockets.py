"""Where the API can be reached: bound before there is a loop, so that a port that is taken is said first."""

import socket
from collections.abc import Sequence

from mesh.errors import RefusedAtStart


def bound(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """One socket for each address of `host`. They do not listen yet. Raises RefusedAtStart.

    Port 0: any that is free, the same one for all. `shared`: other sockets may be bound there too, if they
    say so as well.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        made: list[socket.socket] = []
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            taken = made[0].getsockname()[1] if made else port
            made.append(_socket(family, (address[0], taken, *address[2:]), shared=shared))
    except OSError as error:
        raise RefusedAtStart(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return made


def again(reserved: Sequence[socket.socket]) -> list[socket.socket]:
    """Sockets of this process alone at the same shared addresses: the kernel gives each its part of the
    connections."""
    return [_socket(each.family, each.getsockname(), shared=True) for each in reserved]


def named(sockets: Sequence[socket.socket]) -> list[str]:
    """Where they are, for people."""
    return ["{}:{}".format(*each.getsockname()[:2]) for each in sockets]


def _socket(family: socket.AddressFamily, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    made = socket.socket(family)
    try:
        # Connections of a process that is gone (TIME_WAIT) do not count as taken; one that listens does.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:  # 0.0.0.0 has a socket of its own
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
