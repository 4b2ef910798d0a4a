"""RabbitMQ, by kombu's own transport, which reads faster here, and a publisher that has batches confirmed.

From RabbitMQ 3.10 on, the first that moves dead letters without losing any (with its feature flags on, as
new nodes have them). What differs up to 4.x, and why it does not matter here:

    a quorum queue that says nothing   3.x returns messages for ever, 4.0 drops them after 20 returns:
                                       ours say their own limit, and where what reaches it goes
    non-exclusive transient queues     4.3 refuses them: Celery's control queues are made durable
"""

from kombu.transport import TRANSPORT_ALIASES

from mesh.rabbitmq import headers


def register() -> None:
    """Have kombu take our transport for `amqp://…` and `amqps://…`."""
    headers.register()
    TRANSPORT_ALIASES["amqp"] = TRANSPORT_ALIASES["pyamqp"] = "mesh.rabbitmq.transport:Transport"
    TRANSPORT_ALIASES["amqps"] = "mesh.rabbitmq.transport:SSLTransport"
