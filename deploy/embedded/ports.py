"""Free TCP ports on the loopback interface."""

import random
import socket

HOST = "127.0.0.1"

# Below the range from which Linux (32768) and macOS (49152) number outgoing connections:
# a port found free here is not lost to somebody's connection before its server binds it.
RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As servers do: otherwise the connections of one just stopped (TIME_WAIT) count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """The preferred port if it is free, else any free one. None and 0 prefer none."""
    if preferred and is_free(preferred):
        return preferred
    return next(port for port in random.sample(RANGE, len(RANGE)) if is_free(port))
