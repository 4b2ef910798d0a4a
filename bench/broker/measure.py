"""One measurement of one contestant: it publishes, drains what it published, and is then asked one by one."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import cpu
from bench.broker.contestants import Contestant
from bench.broker.ground import Ground
from bench.broker.tally import Tally
from bench.flows.flow import running
from embedded.process import Process

RAMP = 0.1
"""The part of the orders that is handled before the clock starts: by then all processes are at work."""
POLL = 0.005  # seconds
STALLED = 60.0
"""Seconds without a handled order after which something hangs, and says nothing."""
WARM_UP = 10
"""Orders sent alone that do not count."""


class Wrong(Exception):
    """Orders were lost, handled twice or left on the broker; the text says which."""


@dataclass(frozen=True)
class Drain:
    """What the workers did with a backlog, after the ramp."""

    orders: int
    seconds: float
    workers: float
    """Seconds of CPU of the contestant's own processes."""
    servers: float
    """Seconds of CPU of broker and database."""
    others: float
    """Seconds of CPU of whatever else ran on the machine, this process included."""
    memory: float
    """MiB of the contestant's own processes at the end; what they share is counted once."""


@dataclass(frozen=True)
class Measurement:
    """One contestant, one round."""

    contestant: str
    sender: str
    orders: int
    published: float
    """Orders a second, from the first send to the last confirmation."""
    drain: Drain
    idle: Mapping[str, Sequence[float]]
    """Milliseconds from sending to handling, of each order sent alone, by sender."""


def measure(contestant: Contestant, ground: Ground, orders: int, idle: int) -> Measurement:
    """Raises Wrong where the contestant did not do its work."""
    senders = (contestant.alone or (contestant.sender,)) if idle else ()
    alone = (idle + WARM_UP) * len(senders)
    tally = ground.fresh(orders + alone)
    with running(contestant.relays(ground)):
        published = _publish(contestant, ground, orders)
        compare(contestant, ground, "are there", orders)
        workers: Sequence[Process] = contestant.workers(ground)
        with running(workers):
            drain = drained(workers, ground, tally, orders)
            latencies: dict[str, list[float]] = {}
            for number, sender in enumerate(senders):
                first = orders + number * (idle + WARM_UP)
                latencies[sender] = _idle(sender, ground, tally, first, idle)
        compare(contestant, ground, "are left", 0)
    if faults := tally.faults(orders + alone):
        raise Wrong(f"{contestant.name}: {faults}")
    return Measurement(contestant.name, contestant.sender, orders, published, drain, latencies)


def _publish(contestant: Contestant, ground: Ground, orders: int) -> float:
    """Orders a second. What is not to be timed comes first and need not be confirmed one by one."""
    timed = min(orders, contestant.timed.get(ground.broker.name, orders))
    if timed < orders:
        send(contestant.sender, ground, timed, orders - timed)
    return timed / send(contestant.sender, ground, 0, timed, CONFIRM="1")["seconds"]


def drained(workers: Sequence[Process], ground: Ground, tally: Tally, orders: int) -> Drain:
    """Wait until all orders are handled; what happened between the ramp and the end."""
    servers: list[Process] = [ground.broker.process, ground.postgres]
    begun = _wait(workers, tally, orders, round(RAMP * orders))
    before = cpu.read([*workers, *servers])
    _wait(workers, tally, orders, orders)
    after = cpu.read([*workers, *servers])
    memory = sum(map(cpu.memory, workers))
    times = sorted(tally.handled[:orders])
    used = {name: after.used[name] - before.used[name] for name in after.used}
    own = sum(used[worker.name] for worker in workers)
    return Drain(
        orders=orders - begun,
        seconds=(times[-1] - times[begun - 1]) / 1e9,
        workers=own,
        servers=sum(used.values()) - own,
        others=after.machine - before.machine - sum(used.values()),
        memory=memory,
    )


def _wait(workers: Sequence[Process], tally: Tally, orders: int, wanted: int) -> int:
    """Until so many are handled. Returns how many are. Raises Wrong, StartFailed for a worker that ended."""
    last, since = 0, time.monotonic()
    while (count := tally.count(orders)) < wanted:
        for worker in workers:
            worker.raise_if_ended()
        if count > last:
            last, since = count, time.monotonic()
        elif time.monotonic() - since > STALLED:
            tails = "\n".join(worker.log_tail() for worker in workers)
            raise Wrong(f"{count} of {orders} orders handled, and none for {STALLED:.0f} s\n{tails}")
        time.sleep(POLL)
    return count


def _idle(sender: str, ground: Ground, tally: Tally, first: int, count: int) -> list[float]:
    last = first + WARM_UP + count
    send(sender, ground, first, last - first, "--each")
    return [(tally.handled[n] - tally.sent[n]) / 1e6 for n in range(first + WARM_UP, last)]


def send(
    sender: str, ground: Ground, first: int, orders: int, *options: str, **told: str
) -> dict[str, float]:
    """What the sender says of itself."""
    command = [sys.executable, "-m", "bench.broker.send", sender, f"--first={first}", f"--orders={orders}"]
    ended = subprocess.run(
        [*command, *options], env=ground.environment | told, stdout=subprocess.PIPE, check=True
    )
    said: dict[str, float] = json.loads(ended.stdout)
    return said


def compare(contestant: Contestant, ground: Ground, verb: str, wanted: int) -> None:
    """Raises Wrong where the broker has another number of messages for longer than a moment."""
    queue = contestant.queues[ground.broker.name]
    deadline = time.monotonic() + 5
    while (found := ground.broker.waiting(queue)) != wanted:
        if time.monotonic() > deadline:
            raise Wrong(f"{contestant.name}: {found} messages {verb} on the broker, wanted {wanted}")
        time.sleep(0.05)
