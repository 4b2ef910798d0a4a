"""What is delivered and not yet acknowledged. The server has all of it as pending."""

from typing import Any

from kombu.transport import virtual


class QoS(virtual.QoS):
    """kombu's bookkeeping; what it says goes to the channel, which sends it in batches."""

    def can_consume(self) -> bool:
        """Whether to read: not for less than half of the credit. Reading one whenever one is
        acknowledged would cost a round trip for each; the other half keeps the pool busy meanwhile."""
        free = self.can_consume_max_estimate()
        return free is None or free >= max(1, self.prefetch_count // 2)

    def ack(self, delivery_tag: str) -> None:
        self.channel.note_ack(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if requeue:
            self.channel.give_back([self._delivered[delivery_tag]])
        else:
            self.channel.note_ack(delivery_tag)
        super().ack(delivery_tag)

    def restore_unacked(self) -> list[Any]:
        self._flush()
        self.channel.give_back(list(self._delivered.values()))
        self._delivered.clear()
        return []

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """When a channel is closed. kombu's asserts that it never failed, but a channel is closed again
        whose connection was lost while it gave back."""
        self._on_collect.cancel()
        self.restore_unacked()

    def restore_visible(self, **_: Any) -> None:
        """Called by kombu's timer every `RENEW` seconds."""
        self.channel.renew_and_claim()
