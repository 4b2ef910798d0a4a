"""A kombu transport over Redis or Valkey streams: `streams+redis://…`, `streams+rediss://…`.

What it promises, as long as the server keeps what it has confirmed:

* A message is on the server from the moment it is published until it is acknowledged. While a
  consumer works on it, it is *pending* there in that consumer's name, never in memory alone.
* Every queue has its own copy of a message, and its own delivery of it.
* A pending message belongs to its consumer while that consumer's lease lives, however long it
  takes; there is no visibility timeout. A dead consumer's messages go to another within
  `LEASE` + `RENEW` seconds, and carry how often that has happened (`deaths`).
* A graceful stop gives back what was not begun, which does not count as a death.
* A delayed message waits on the server and comes up to `RENEW` seconds after it is due.
* Exchanges and bindings lie on the server; what no queue is bound for goes to the alternate exchange's
  queue. A server that lost its data is noticed, and all is declared again.
* Every command has a time limit (`mesh.broker.TIMEOUT`): a frozen server is an error, not a hang.
* A server that forgets by its settings is refused (`safety.py`).
* Many are read at once, within the credit of the consumer, and many are acknowledged at once.

What it does not promise:

* A consumer that was stopped for longer than its lease and comes back works on messages that
  somebody else has too. At the mesh's inbox the second copy ends.
* What the server loses by its own fault is lost: `appendfsync everysec` may lose the last second
  when its machine dies. RabbitMQ's quorum queues do not.
* Order holds within a queue with one consumer, not over redeliveries.

The keys on the server:

    stream:<queue>               the messages of a queue; one group, `workers`
    lease:<consumer>             exists while that consumer lives
    delayed, delayed:<id>        what is not due yet, by the time it will be, and the messages
    exchanges                    their types and arguments
    _kombu.binding.<exchange>    kombu's own: which queues are bound, with which keys
"""

from kombu.transport import TRANSPORT_ALIASES


def register() -> None:
    """Let kombu know the scheme `streams+…`."""
    TRANSPORT_ALIASES["streams"] = "mesh.streams.transport:Transport"
