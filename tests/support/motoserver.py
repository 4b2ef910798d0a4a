"""AWS as a process of its own: moto's server, which speaks as SQS, S3 and others do."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from programs import eventually

from embedded.ports import HOST, free_port


@contextmanager
def moto_server() -> Iterator[str]:
    """Runs one on a free port; yields its host and port."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    try:
        eventually(lambda: _listens(port), "moto's server listens")
        yield f"{HOST}:{port}"
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0
