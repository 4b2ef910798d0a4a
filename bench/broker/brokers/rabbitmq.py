"""RabbitMQ as it is installed, with a virtual host for each measurement."""

import base64
import urllib.request
from itertools import count
from pathlib import Path

from amqp.exceptions import NotFound

from bench.broker.brokers.broker import Broker
from bench.broker.workers.bare import amqp_connection
from embedded.ports import HOST
from embedded.rabbitmq import ADMIN, RabbitMQ


class RabbitBroker(Broker):
    name = "rabbitmq"

    def __init__(self, state: Path) -> None:
        self.process: RabbitMQ = RabbitMQ(state / "rabbitmq", small=False)
        self._numbers = count(1)
        self._vhost = ""

    @property
    def url(self) -> str:
        return self.process.url(vhost=self._vhost)

    @property
    def mesh_url(self) -> str:
        return self.url

    def empty(self) -> None:
        if self._vhost:
            self._ask("DELETE", self._vhost)
        self._vhost = f"bench-{next(self._numbers)}"
        self._ask("PUT", self._vhost)

    def waiting(self, queue: str) -> int:
        connection = amqp_connection(self.url)
        try:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)
        except NotFound:
            return 0
        finally:
            connection.close()

    def _ask(self, method: str, vhost: str) -> None:
        login = base64.b64encode(f"{ADMIN}:{self.process.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{HOST}:{self.process.http_port}/api/vhosts/{vhost}",
            method=method,
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60):
            pass
