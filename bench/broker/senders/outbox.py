"""The mesh as services send: rows of the outbox, which a relay, a process of its own, moves to the broker.

The rows are inserted beforehand in a transaction that is still open. The clock runs from its commit, which
wakes the relay, until the relay has committed that the last of them is confirmed.
"""

import os
import time
from collections.abc import Sequence

import psycopg

from bench.broker.order import NAME
from bench.broker.senders.mesh import sealed
from mesh import outbox
from mesh.topology import routing_key

_INSERT = "COPY outbox (message_id, name, routing_key, envelope) FROM STDIN"
_ANY = "SELECT FROM outbox ORDER BY due_at DESC, seq DESC LIMIT 1"
"""Of the newest: to look for the oldest would be to read past all that are gone."""
_PAUSE = 0.005  # seconds


class Sender:
    def __init__(self) -> None:
        url = os.environ["DATABASE_URL"]
        self._writing = psycopg.connect(url)
        self._looking = psycopg.connect(url, autocommit=True)

    def prepare(self, numbers: Sequence[int]) -> None:
        """The rows that `outbox.put` writes, by the fastest way there is."""
        key = routing_key(NAME, 1)
        with self._writing.cursor() as cursor, cursor.copy(_INSERT) as copy:
            for envelope in map(sealed, numbers):
                copy.write_row((envelope.id, NAME, key, envelope.model_dump_json()))
        self._writing.execute("SELECT pg_notify(%s, '')", [outbox.CHANNEL])

    def send(self) -> None:
        self._writing.commit()
        while self._looking.execute(_ANY).fetchone() is not None:
            time.sleep(_PAUSE)
