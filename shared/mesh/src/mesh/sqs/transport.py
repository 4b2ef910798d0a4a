"""kombu's SQS transport, for the mesh. Everything that is not here is kombu's."""

from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from kombu.transport import SQS

from mesh import topology
from mesh.sqs.bindings import Bindings
from mesh.sqs.message import message


class Channel(SQS.Channel):
    """Keeps its bindings where others see them, takes whatever lies in a queue, and gives back at once."""

    def queue_bind(
        self, queue: str, exchange: str | None = None, routing_key: str = "", *args: Any, **kwargs: Any
    ) -> None:
        if exchange != topology.EXCHANGE.name:
            super().queue_bind(queue, exchange, routing_key, *args, **kwargs)
        elif not _goes_by_name(queue, routing_key):
            self._bindings.write(self._new_queue(queue), routing_key)

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        if exchange != topology.EXCHANGE.name:
            found: list[str] = super()._lookup(exchange, routing_key, default)
            return found
        contract = topology.contract_under(routing_key)
        if contract and contract.is_command:
            return [topology.owners_queue(routing_key)]
        # What this build does not know is somebody's command in a canvas, most of all: its owner can tell.
        nobody = topology.UNROUTED if contract else topology.owners_queue(routing_key)
        return self._bindings.queues(routing_key) or [nobody]

    @cached_property
    def _bindings(self) -> Bindings:
        return Bindings(self.sqs(), self.queue_name_prefix)

    def _message_to_python(self, received: Any, queue: str, url: str) -> dict[str, Any]:
        if queue in self._noack_queues:
            self._delete_message(queue, received)
        return message(received, queue, url)

    def _on_messages_ready(self, queue: str, qname: str, messages: Any) -> Any:
        # A server that is away is an empty list to kombu, which then asks it for the messages in it.
        return super()._on_messages_ready(queue, qname, messages or {})

    def _restore(self, delivered: Any) -> None:
        # kombu would look for the queue by its bindings, and hide the message for another ten seconds.
        self.sqs().change_message_visibility(
            QueueUrl=delivered.delivery_info["sqs_queue"],
            ReceiptHandle=delivered.delivery_tag,
            VisibilityTimeout=0,
        )


class Transport(SQS.Transport):
    """SQS, with bindings that others can see."""

    Channel = Channel
    # A refusal (throttled, out of order, no right) is waited out too; kombu lets it end the worker.
    connection_errors = (*SQS.Transport.connection_errors, ClientError)
    channel_errors = (*SQS.Transport.channel_errors, ClientError)


def _goes_by_name(queue: str, key: str) -> bool:
    """Commands and private tasks do: a queue has room for 50 tags only."""
    contract = topology.contract_under(key)
    return contract.is_command if contract else queue == topology.owners_queue(key)
