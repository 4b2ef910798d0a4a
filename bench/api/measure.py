"""One measurement: one API, asked the same things for some seconds; and what must be true after it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from redis import Redis

from bench import cpu
from bench.api.apis import Api
from bench.api.load import Load, ask
from bench.client import Ask

WARM = 0.5
"""Seconds that are not timed."""
LATE = 60.0
"""Seconds for the last order's messages to be on the broker."""
LOAD = "load generator"


class Wrong(Exception):
    """Orders were lost or taken twice, or nobody was told of them; the text says which."""


@dataclass(frozen=True)
class Measurement:
    """What one took."""

    api: str
    what: str
    connections: int
    rate: float
    """Answers a second."""
    p50: float
    p99: float
    """Milliseconds."""
    cpu: Mapping[str, float]
    """Milliseconds of CPU for each answer by process; of placing, until the broker has all messages."""
    others: float
    """The part of one core that anything else on the machine took meanwhile."""


def measure(api: Api, what: str, asks: Sequence[Ask], connections: int, seconds: float) -> Measurement:
    """Raises Wrong, and CalledProcessError where an answer was not the right one."""
    stored, before, started = _stored(api), cpu.read(api.processes), time.monotonic()
    told = ask(Load(api.port, asks, connections, WARM, seconds))
    check(api, stored, told.answers.get("201", 0))
    after, took = cpu.read(api.processes), time.monotonic() - started
    used = {name: after.used[name] - before.used[name] for name in after.used} | {LOAD: told.cpu}
    answers = sum(told.answers.values())
    return Measurement(
        api=api.name,
        what=what,
        connections=connections,
        rate=told.rate,
        p50=told.p50,
        p99=told.p99,
        cpu={name: 1000 * spent / answers for name, spent in used.items()},
        others=(after.machine - before.machine - sum(used.values())) / took,
    )


def check(api: Api, before: int, placed: int) -> None:
    """That each order that was accepted is stored once and on the broker once for each listener.

    Raises Wrong. Leaves the broker's queues empty.
    """
    for process in api.processes:
        process.raise_if_ended()
    if (stored := _stored(api) - before) != placed:
        raise Wrong(f"{api.name}: {stored} orders stored of {placed} accepted")
    for queue in api.queues:
        _wait(api, queue, placed)
    empty(api)


def empty(api: Api) -> None:
    """Drop what is in the queues: nobody listens."""
    with Redis.from_url(api.ground.broker.url) as client:
        for queue in api.queues:
            if client.type(queue) == b"stream":
                client.xtrim(queue, maxlen=0, approximate=False)
            else:
                client.delete(queue)


def _wait(api: Api, queue: str, wanted: int) -> None:
    deadline = time.monotonic() + LATE
    while (found := api.ground.broker.waiting(queue)) != wanted:
        if time.monotonic() > deadline:
            raise Wrong(f"{api.name}: {found} messages of {wanted} in {queue}")
        time.sleep(0.01)


def _stored(api: Api) -> int:
    with psycopg.connect(api.url) as tx:
        [[orders]] = tx.execute("SELECT count(*) FROM orders").fetchall()
    return int(orders)
