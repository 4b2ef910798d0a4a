"""Who takes part, and with which settings: of each the best that was found, and why it is that."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bench.broker.ground import Ground
from bench.broker.workers import bare, mesh
from bench.program import Program

WORKERS = "bench.broker.workers"

Programs = Callable[[Ground], list[Program]]


@dataclass(frozen=True)
class Contestant:
    """One row of the table. Where something differs by broker, it is by the broker's name."""

    name: str
    settings: str
    """For people."""
    sender: str
    """A module of `senders`."""
    queues: Mapping[str, str]
    """What to ask the broker for."""
    orders: Mapping[str, int]
    """In a round: two to four seconds of draining on two cores. None for a broker: it has no part there."""
    workers: Programs
    timed: Mapping[str, int] = field(default_factory=dict)
    """How many of the orders are published by the clock; none said: all. To confirm each takes long."""
    relays: Programs = lambda _: []
    """What runs beside the sender, and moves what it sends."""
    alone: Sequence[str] = ()
    """Modules of `senders` with which the latency is measured, where it is not the same one."""


def stock(
    name: str, settings: str, nodes: int, *options: str, prefetch: str, orders: dict[str, int]
) -> Contestant:
    """Gossip, mingle and heartbeats are off: they cost it messages, and the mesh has none either."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning")

    def workers(ground: Ground) -> list[Program]:
        told = {"PREFETCH": prefetch}
        command = ("--app", f"{WORKERS}.stock", "worker", *quiet, *options)
        names = [f"worker {number}" for number in range(nodes)]
        return [
            ground.program(n, "celery", *command, f"--hostname={number}@bench", told=told)
            for number, n in enumerate(names)
        ]

    queues = {"valkey": "orders", "rabbitmq": "orders"}
    return Contestant(name, settings, "stock", queues, orders, workers, timed={"rabbitmq": 1_000})


def meshed(
    name: str, settings: str, kind: str, orders: dict[str, int], alone: Sequence[str] = ("mesh",)
) -> Contestant:
    """What its services' latency is from outbox to handler, one of them tells for all."""

    def worker(number: int, ground: Ground) -> Program:
        told = {
            "BROKER_URL": ground.broker.mesh_url,
            "POOL": "threads",
            "CONCURRENCY": "1",
            "HEALTH_DIR": str(ground.health / str(number)),
        }
        return ground.program(f"worker {number}", f"{WORKERS}.mesh", kind, "worker", told=told)

    def workers(ground: Ground) -> list[Program]:
        return [worker(number, ground) for number in range(2)]

    queues = {"valkey": f"stream:{mesh.QUEUE}", "rabbitmq": mesh.QUEUE}
    return Contestant(
        name, settings, "outbox", queues, orders, workers, relays=partial(_relay, kind), alone=alone
    )


def _relay(kind: str, ground: Ground) -> list[Program]:
    file = ground.health / f"{mesh.SERVICE}-relay.json"

    def ready() -> bool:
        return file.exists() and json.loads(file.read_text() or "{}").get("state") == "ready"

    told = {"BROKER_URL": ground.broker.mesh_url}
    return [ground.program("relay", f"{WORKERS}.mesh", kind, "relay", told=told, ready=ready)]


def _dramatiq(ground: Ground) -> list[Program]:
    told = {"dramatiq_queue_prefetch": "100"}
    options = ("--processes=2", "--threads=4")
    return [ground.program("worker", "dramatiq", f"{WORKERS}.dramatiq", *options, told=told)]


def _faststream(kind: str, prefetch: int, ground: Ground) -> list[Program]:
    told = {"PREFETCH": str(prefetch)}
    module = f"{WORKERS}.faststream"
    return [ground.program(f"worker {number}", module, kind, told=told) for number in range(2)]


def _bare(*options: str) -> Programs:
    return lambda ground: [ground.program("worker", f"{WORKERS}.bare", *options)]


ORDERS = {"valkey": "orders", "rabbitmq": "orders"}

PREFORK = "two children; prefetch multiplier 4, the default: 1 to 128 are alike; 0 takes all in beforehand"
SOLO = "two nodes; prefetch 128: with 16 a little slower, with 512 no faster"
TWO = "two workers (POOL=threads CONCURRENCY=1): children, with a pipe more for each chunk, took more CPU"

ALL = [
    stock(
        "Celery, prefork",
        PREFORK,
        1,
        "--pool=prefork",
        "--concurrency=2",
        prefetch="4",
        orders={"valkey": 2_500, "rabbitmq": 5_000},
    ),
    stock(
        "Celery, solo",
        SOLO,
        2,
        "--pool=solo",
        prefetch="128",
        orders={"valkey": 4_500, "rabbitmq": 9_000},
    ),
    meshed("mesh, one", TWO, "one", {"valkey": 40_000, "rabbitmq": 15_000}, alone=("mesh", "outbox")),
    meshed("mesh, one, no inbox", TWO, "bare-one", {"valkey": 60_000, "rabbitmq": 20_000}),
    meshed("mesh, batch", f"{TWO}; batches of 500", "batch", {"valkey": 60_000, "rabbitmq": 25_000}),
    meshed(
        "mesh, batch, no inbox",
        f"{TWO}; batches of 500",
        "bare-batch",
        {"valkey": 80_000, "rabbitmq": 40_000},
    ),
    Contestant(
        "dramatiq",
        "two processes of four threads; prefetch 100: with its default, two for each thread, half as fast",
        "dramatiq",
        {"valkey": "dramatiq:orders.msgs", "rabbitmq": "orders"},
        {"valkey": 12_000, "rabbitmq": 16_000},
        _dramatiq,
        timed={"rabbitmq": 2_000},
    ),
    Contestant(
        "FastStream, one",
        "two processes; prefetch 100: more made no difference, `max_workers` made it slower",
        "faststream",
        ORDERS,
        {"valkey": 12_000, "rabbitmq": 12_000},
        partial(_faststream, "one", 100),
    ),
    Contestant(
        "FastStream, batch",
        "two processes; batches of 500: with 100 or 2,000 slower",
        "faststream",
        ORDERS,
        {"valkey": 100_000},
        partial(_faststream, "batch", 500),
    ),
    Contestant(
        "bare client",
        f"one process, {bare.MOST} at a time",
        "bare",
        ORDERS,
        {"valkey": 150_000, "rabbitmq": 40_000},
        _bare(),
    ),
    Contestant(
        "bare client, quorum",
        "the same on a quorum queue, as the mesh's are",
        "bare_quorum",
        ORDERS,
        {"rabbitmq": 40_000},
        _bare("quorum"),
    ),
]

CONTESTANTS = {contestant.name: contestant for contestant in ALL}
