"""SQS: `sqs://…`, by kombu's own transport, with what it leaves to one process's memory put onto the server.

SQS has queues and nothing else. kombu keeps exchanges and bindings in the memory of whoever declared
them, so that a sender would know no listeners. Here a queue carries its bindings itself, as tags:

    queue   <prefix>emails-v1                      dots are not allowed: kombu writes `-`
    tag     mesh:orders.order_placed.v1 = <prefix> what it listens to, and in which mesh

* A command goes to its owner's queue, whose name follows from the contract. The sender makes that queue,
  so that the receiver may come up last. It has no tag: a queue holds 50 of them.
* An event goes to every queue with its tag: `ListQueues` and `ListQueueTags`, remembered for
  `bindings.FRESH` seconds. A new listener gets what is sent that long after it was declared; an event
  without a listener goes to `mesh-unrouted`.
* A retry or a replay goes to the one queue that it names.

Tags, and not what else could hold bindings: a queue's attributes have no room for words of ours, SNS is
a second service with a filter for each subscription, and a table elsewhere could contradict the queues.
A tag is written by itself, without reading the others, and is gone with its queue.

What it does not promise is listed, each with its reason, in docs/how-to/run-on-sqs.md.
"""

from kombu.transport import TRANSPORT_ALIASES

from mesh.sqs.address import split

__all__ = ["SCHEME", "register", "split"]

SCHEME = "sqs://"


def register() -> None:
    """Let kombu take our transport for `sqs://…`. It is loaded, and boto3 needed, at the first connection."""
    TRANSPORT_ALIASES["sqs"] = "mesh.sqs.transport:Transport"
