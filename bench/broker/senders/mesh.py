"""The mesh's publisher with no outbox before it, as its relay calls it: for what the broker alone takes."""

import os
from collections.abc import Sequence

from bench.broker.order import NAME, document
from bench.broker.workers.mesh import TakeOrder, service
from contracts import Envelope
from mesh.outbox import Outgoing
from mesh.publisher import connect
from mesh.topology import routing_key

TOGETHER = 500
"""As many as the relay takes from the outbox at a time."""

PRODUCER = service("one").producer


def sealed(number: int) -> Envelope:
    """An order as the mesh sends it."""
    return Envelope.around(TakeOrder.read(document(number)), PRODUCER)


class Sender:
    def __init__(self) -> None:
        self._publisher = connect(os.environ["BENCH_MESH_URL"], "required")
        self.prepare([])

    def prepare(self, numbers: Sequence[int]) -> None:
        self._ready = [_outgoing(number) for number in numbers]

    def send(self) -> None:
        for start in range(0, len(self._ready), TOGETHER):
            self._publisher.publish(self._ready[start : start + TOGETHER])


def _outgoing(number: int) -> Outgoing:
    envelope = sealed(number)
    return Outgoing(str(envelope.id), NAME, routing_key(NAME, 1), None, envelope.model_dump_json(), 0)
