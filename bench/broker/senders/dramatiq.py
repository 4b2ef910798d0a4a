"""dramatiq: `send` in a loop; to RabbitMQ with a confirmation of each, if CONFIRM is set."""

from collections.abc import Sequence

from bench.broker.order import document
from bench.broker.workers.dramatiq import take_order


class Sender:
    def __init__(self) -> None:
        take_order.broker.declare_queue(take_order.queue_name)
        self.prepare([])

    def prepare(self, numbers: Sequence[int]) -> None:
        self._orders = [document(number) for number in numbers]

    def send(self) -> None:
        for order in self._orders:
            take_order.send(order)
