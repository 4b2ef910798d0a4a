"""RabbitMQ as its operator sees it: over the HTTP API of its management plugin."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from amqp.exceptions import NotFound
from kombu import Connection

from embedded.ports import HOST
from embedded.rabbitmq import ADMIN, RabbitMQ

LEFT = ("sample", "sample.v1", "sample.v2", "mesh.unrouted", "mesh.dead")
"""What the sample service leaves on a broker."""


def ask(server: RabbitMQ, method: str, *path: str, body: Any = None, password: str | None = None) -> Any:
    """One request to its HTTP API, as `admin`."""
    login = base64.b64encode(f"{ADMIN}:{password or server.password}".encode()).decode()
    request = urllib.request.Request(
        f"http://{HOST}:{server.http_port}/api/{'/'.join(quote(part, safe='') for part in path)}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@contextmanager
def virtual_host(server: RabbitMQ, name: str) -> Iterator[str]:
    """The URL of one that lasts as long."""
    ask(server, "PUT", "vhosts", name)
    yield server.url(vhost=name)
    ask(server, "DELETE", "vhosts", name)


@contextmanager
def emptied(url: str) -> Iterator[str]:
    """The same for a node that is not ours: its virtual host as it is, without what tests leave there."""
    yield url
    with Connection(url) as connection:
        for queue in LEFT:
            with suppress(NotFound):
                connection.channel().queue_delete(queue)


def waiting(url: str, queue: str) -> int:
    """How many messages are in a queue, of which there may be none yet."""
    with Connection(url) as connection:
        try:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)
        except NotFound:
            return 0
