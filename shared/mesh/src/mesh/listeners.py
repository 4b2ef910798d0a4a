"""Who listens to an event in any version: whoever will announce another one makes them their queues for it.

The queue of every listener must be there before the first message. What one of two queues gets has found a
listener, and is not kept for the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kombu import Queue

from contracts import Message, contract_of
from mesh import broker, leases, topology

Listeners = Mapping[str, set[str]]
"""Services, by the name of the event."""


def queues(sends: Iterable[type[Message]], url: str) -> Iterator[Queue]:
    """Of those who listen to an event of these, for the versions that are sent. Raises Unavailable."""
    events = [contract for contract in map(contract_of, sends) if not contract.is_command]
    listening = _bound(url) if url.startswith("streams+") else _living(url)
    for event in events:
        for service in sorted(listening.get(event.name, ())):
            yield from topology.queues(service, topology.laned(event))


def _bound(url: str) -> Listeners:
    """Over streams bindings lie where everybody can read them: also of who does not live at this moment."""
    found = defaultdict(set)
    with broker.opened(url) as connection:
        table: Any = connection.default_channel.get_table(topology.EXCHANGE.name)
        for key, _, queue in table:
            found[topology.name(key)].add(topology.owner(queue))
    return found


def _living(url: str) -> Listeners:
    """RabbitMQ shows its bindings to operators alone. Who does not live has its queues from one of them."""
    found = defaultdict(set)
    if keeper := leases.connect(url):
        for process in leases.live(keeper):
            for taken in process.manifest.takes:
                found[taken.name].add(process.manifest.service)
        keeper.close()
    return found
