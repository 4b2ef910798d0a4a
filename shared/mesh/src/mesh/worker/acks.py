"""Acknowledgements: as few words with the broker as there can be.

Over streams the transport sends a turn's acknowledgements together. RabbitMQ takes one for all messages up
to a tag, which is right only when every message before it is settled too: what a slow neighbour holds up
is acknowledged one by one.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import amqp
import structlog

log = structlog.get_logger(__name__)


class Acks:
    """Those of one channel."""

    def __init__(self, errors: tuple[type[BaseException], ...]) -> None:
        """`errors` are what a lost connection raises: the messages come again then."""
        self._errors = errors
        self._open: deque[Any] = deque()  # messages in the order in which they came

    def came(self, message: Any) -> None:
        """A message was delivered: each must be told of, in order, before anything is done with it (twice
        does no harm), or one acknowledgement would take it along. Celery acknowledges some by itself."""
        if isinstance(message.channel, amqp.Channel) and not (self._open and self._open[-1] is message):
            self._open.append(message)

    def open(self) -> Iterator[Any]:
        """Messages of RabbitMQ that are not settled."""
        return (message for message in self._open if not message.acknowledged)

    def settle(self, messages: Sequence[Any]) -> None:
        """These are handled, or kept: the broker may forget them."""
        if not messages:
            return
        try:
            if isinstance(messages[0].channel, amqp.Channel):
                self._settle(messages)
            else:
                for message in messages:
                    message.ack()
        except self._errors as error:
            log.warning("acks.lost", messages=len(messages), error=str(error))

    def _settle(self, messages: Sequence[Any]) -> None:
        settled = set(map(id, messages))
        last = None
        while self._open and (id(self._open[0]) in settled or self._open[0].acknowledged):
            first = self._open.popleft()
            if not first.acknowledged:  # RabbitMQ closes the channel of who acknowledges one twice
                last = first
                settled.discard(id(first))
        if last is not None:
            last.channel.basic_ack(last.delivery_tag, multiple=True)
        for message in messages:
            if id(message) in settled:
                message.ack()
            else:
                message._state = "ACK"  # kombu's own note, which Celery asks
