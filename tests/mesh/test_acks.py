"""Acknowledgements on AMQP: one for many, never for a message that is not settled, never twice."""

from typing import Any

import amqp
from hypothesis import given
from hypothesis import strategies as st
from kombu.message import Message

from mesh.worker.acks import Acks


class Broker(amqp.Channel):
    """A channel's far end, as strict as RabbitMQ: a tag that is not outstanding is refused."""

    def __init__(self) -> None:
        self.outstanding: list[int] = []
        self.no_ack_consumers: set[str] = set()

    def deliver(self) -> Message:
        self.outstanding.append(len(self.outstanding) + 1)
        return Message(body=b"", channel=self, delivery_tag=self.outstanding[-1], delivery_info={})

    def basic_ack(self, delivery_tag: int, multiple: bool = False, argsig: Any = None) -> None:
        assert delivery_tag in self.outstanding, f"unknown delivery tag {delivery_tag}"
        gone = [t for t in self.outstanding if t == delivery_tag or (multiple and t < delivery_tag)]
        self.outstanding = [tag for tag in self.outstanding if tag not in gone]


@given(st.permutations(range(8)), st.lists(st.integers(1, 4)))
def test_in_whatever_order_chunks_are_settled(order: list[int], sizes: list[int]) -> None:
    broker, acks = Broker(), Acks(())
    messages = [broker.deliver() for _ in order]
    for message in messages:
        acks.came(message)
        acks.came(message)  # as the intake does for one that cannot be unpacked
    left = set(range(1, len(order) + 1))
    while order:
        size = sizes.pop() if sizes else 1
        chunk, order = [messages[place] for place in order[:size]], order[size:]
        acks.settle(chunk)
        left -= {message.delivery_tag for message in chunk}
        assert set(broker.outstanding) == left
