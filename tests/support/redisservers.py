"""Redis servers that a test sets up as it likes: with TLS, with a sentinel, with unsafe settings."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs import eventually
from redis import Redis
from redis.exceptions import RedisError

from embedded.ports import HOST, free_port


@contextmanager
def server(folder: Path, settings: Mapping[str, str], *arguments: str) -> Iterator[int]:
    """A `redis-server` with these settings; gives its port. Skips where there is none."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server on PATH")
    port = free_port()
    folder.mkdir(exist_ok=True)
    configuration = folder / "redis.conf"
    lines = {"port": str(port), "bind": HOST, "dir": str(folder), **settings}
    if "cluster-enabled" in settings:
        lines["cluster-port"] = str(free_port())  # by default 10,000 above the other, which may be taken
    configuration.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    process = subprocess.Popen([program, configuration, *arguments], stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def tls_server(folder: Path) -> Iterator[tuple[int, Path]]:
    """A server that speaks TLS alone; gives its port and the certificate to trust."""
    certificate, key = folder / "server.crt", folder / "server.key"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=broker",
    ]
    named = ["-addext", f"subjectAltName=IP:{HOST}", "-keyout", key, "-out", certificate]
    subprocess.run([*request, *named], check=True, capture_output=True)
    tls = free_port()
    settings = {"tls-port": str(tls), "tls-cert-file": str(certificate), "tls-key-file": str(key)}
    with server(folder / "tls", {**settings, "port": "0", "tls-auth-clients": "no"}):
        trusting = Redis(HOST, tls, ssl=True, ssl_ca_certs=str(certificate))
        eventually(lambda: answers(trusting), "the server with TLS answers")
        yield tls, certificate


@contextmanager
def sentinel(folder: Path, name: str, master: int) -> Iterator[int]:
    """A sentinel that knows one master; gives its port."""
    with server(folder, {"sentinel": f"monitor {name} {HOST} {master} 1"}, "--sentinel") as port:
        eventually(lambda: answers(Redis(HOST, port)), "the sentinel answers")
        yield port


def answers(client: Redis) -> bool:
    """Whether a server is there."""
    try:
        return bool(client.ping())
    except RedisError:
        return False
