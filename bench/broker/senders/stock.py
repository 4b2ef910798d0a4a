"""Stock Celery: `send_task` in a loop; to RabbitMQ with a confirmation of each, if CONFIRM is set."""

from collections.abc import Sequence

from bench.broker.order import NAME, document
from bench.broker.workers.stock import app


class Sender:
    def __init__(self) -> None:
        with app.connection_for_write() as connection:
            app.amqp.queues[app.conf.task_default_queue].bind(connection.default_channel).declare()
        self.prepare([])

    def prepare(self, numbers: Sequence[int]) -> None:
        self._orders = [document(number) for number in numbers]

    def send(self) -> None:
        for order in self._orders:
            app.send_task(NAME, [order])
