"""The mesh beside the baselines: placing, reading and listing, in turns, at each number of connections."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from bench.api import asks, fill
from bench.api.apis import APIS, MESH, Api, prepared
from bench.api.measure import Measurement, measure
from bench.client import Ask

CONNECTIONS = (1, 16, 64)
ORDERS = 10_000
"""In each table, when orders are read and listed."""

KINDS: dict[str, Callable[[Api], list[Ask]]] = {
    "placing": asks.placing,
    "reading": asks.reading,
    "listing": asks.listing,
}


def measured(kind: str, rounds: int, seconds: float) -> Iterator[Measurement]:
    """Rounds of all, each begun by another one: a machine that is slow for a while is slow for all."""
    with ExitStack() as stack:
        ground = stack.enter_context(prepared())
        apis = [stack.enter_context(start(ground)) for start in APIS.values()]
        if kind != "placing":
            for api in apis:
                fill.fill(api.url, ORDERS, fill.MESH if api.name == MESH else fill.SHOP)
        asked = {api.name: KINDS[kind](api) for api in apis}
        for number in range(rounds):
            for connections in CONNECTIONS:
                for api in turned(apis, number):
                    yield measure(api, kind, asked[api.name], connections, seconds)


def turned(apis: Sequence[Api], by: int) -> list[Api]:
    """The same in another order."""
    start = by % len(apis)
    return [*apis[start:], *apis[:start]]
