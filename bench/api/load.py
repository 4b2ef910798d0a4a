"""The load: asks the same things again and again for a while, so many at a time.

A process of its own, `python -m bench.api.load`, with a `Load` as JSON on its standard input; it ends with a
`Told`.
"""

import gc
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle

import uvloop

from bench.client import Ask, Client, connected, run
from bench.medians import percentiles

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Load:
    port: int
    asks: Sequence[Ask]
    connections: int
    warm: float
    """Seconds whose answers are checked and not timed: statements are prepared, keys looked up."""
    seconds: float
    """After that."""


@dataclass(frozen=True)
class Told:
    answers: Mapping[str, int]
    """By status, with those that are not timed."""
    rate: float
    """Answers a second."""
    p50: float
    p99: float
    """Milliseconds."""
    cpu: float
    """Seconds."""


class Failed(Exception):
    """An answer was not the right one: the load said which, and ended."""


def ask(load: Load) -> Told:
    """In a process of its own. Raises Failed."""
    with asking(load) as process:
        return told(process)


@contextmanager
def asking(load: Load) -> Iterator[Process]:
    """While it runs."""
    asks = [(a.request.decode(), a.status, a.holds.decode(), a.times) for a in load.asks]
    command = [sys.executable, "-m", "bench.api.load"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdin
            with process.stdin:
                json.dump(asdict(load) | {"asks": asks}, process.stdin)
            yield process
        finally:
            process.kill()


def told(process: Process) -> Told:
    """When it has ended. Raises Failed."""
    assert process.stdout
    said = process.stdout.read()
    if process.wait():
        raise Failed("the load found something wrong: see above")
    return Told(**json.loads(said))


async def loaded(load: Load) -> Told:
    """Raises Refused."""
    asked: Counter[str] = Counter()
    clients: Sequence[Client] = await connected(load.port, _asks(load, asked), load.connections)
    started, cpu = time.perf_counter(), time.process_time()
    await run(clients)
    spent = time.process_time() - cpu
    timed = list(_timed(clients, started + load.warm, started + load.warm + load.seconds))
    p50, _, p99 = percentiles(timed)
    return Told(dict(asked), len(timed) / load.seconds, 1000 * p50, 1000 * p99, spent)


def _asks(load: Load, asked: Counter[str]) -> Iterator[Ask]:
    until = time.perf_counter() + load.warm + load.seconds
    for each in cycle(load.asks):
        if time.perf_counter() >= until:
            return
        asked[str(each.status)] += 1
        yield each


def _timed(clients: Sequence[Client], since: float, until: float) -> Iterator[float]:
    for client in clients:
        yield from (
            took for sent, took in zip(client.sent, client.took, strict=True) if since <= sent + took < until
        )


def main() -> None:
    given = json.load(sys.stdin)
    asks = [Ask(r.encode(), status, holds.encode(), times) for r, status, holds, times in given.pop("asks")]
    gc.freeze()
    gc.disable()  # its pauses would be the API's
    sys.stdout.write(json.dumps(asdict(uvloop.run(loaded(Load(asks=asks, **given))))))


if __name__ == "__main__":
    main()
