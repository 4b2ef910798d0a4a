"""Clients that place orders on connections that they keep, for as long as they are wanted."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from documents import order
from prometheus_client.parser import text_string_to_metric_families

_AGAIN = 0.02  # seconds


@dataclass(frozen=True)
class Told:
    status: int
    headers: dict[str, str]
    text: str = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(port: int, path: str, document: Any = None, key: str = "") -> Told:
    """One request on a connection of its own. Raises OSError where nobody takes it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body = None if document is None else json.dumps(document)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        return Told(answer.status, dict(answer.getheaders()), answer.read().decode())
    finally:
        connection.close()


def figures(port: int) -> dict[str, float]:
    """What /metrics says there, by name and labels."""
    text = ask(port, "/metrics").text
    found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {_series(sample.name, sample.labels): sample.value for sample in found}


def _series(name: str, labels: Mapping[str, str]) -> str:
    told = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
    return f"{name}{{{told}}}" if told else name


class Clients:
    """What they were told, by number of the order; and what went wrong."""

    def __init__(self, ports: Sequence[int], key: str) -> None:
        """A client stays with one port until its connection is closed or refused; then it takes the next."""
        self.placed: set[str] = set()
        self.answers: Counter[int] = Counter()
        self.lost: list[str] = []
        self.ports = ports
        self._key = key
        self._ended = threading.Event()

    def place(self, name: int) -> None:
        """Until they are told to stop."""
        number, turn = 0, 0
        connection = self._connection(turn)
        while not self._ended.is_set():
            number += 1
            status, stays = self._one(connection, f"{name}-{number}")
            self.answers[status] += 1
            if not stays:
                connection.close()
                turn += 1
                connection = self._connection(turn)
                time.sleep(_AGAIN)
        connection.close()

    def stop(self) -> None:
        self._ended.set()

    def _one(self, connection: http.client.HTTPConnection, number: str) -> tuple[int, bool]:
        """The status, 0 for none, and whether the connection stays."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        document = json.dumps(order(metadata={"number": number}))
        try:
            connection.request("POST", "/v1/orders", document, headers)
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:  # nobody took it
            return 0, False
        except (OSError, http.client.HTTPException) as error:
            self.lost.append(repr(error))
            return 0, False
        if answer.status == 201:
            self.placed.add(number)
        return answer.status, not answer.will_close

    def _connection(self, turn: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.ports[turn % len(self.ports)], timeout=30)


@contextmanager
def placing(ports: Sequence[int], key: str, count: int = 8) -> Iterator[Clients]:
    """So many clients, inside."""
    clients = Clients(ports, key)
    threads = [threading.Thread(target=clients.place, args=(name,)) for name in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.stop()
        for thread in threads:
            thread.join()
