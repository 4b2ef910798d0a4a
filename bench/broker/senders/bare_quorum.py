"""The floor on RabbitMQ's quorum queues, which is what the mesh stands on."""

from bench.broker.senders import bare
from bench.broker.workers.bare import QUORUM


class Sender(bare.Sender):
    arguments = QUORUM
