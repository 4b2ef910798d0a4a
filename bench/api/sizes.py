"""The mesh's API with few orders in its tables and with many: three APIs on three databases, in turns.

A page of one order is asked of a table with one order and of the large one; pages of twenty, which one order
does not fill, of a table with a thousand and of the large one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg

from bench.api import asks, fill
from bench.api.apis import Api, mesh, prepared
from bench.api.beside import turned
from bench.api.measure import Measurement, measure
from bench.client import Ask

CONNECTIONS = 16
ONE, THOUSAND, MANY = "one", "thousand", "many"

KINDS: dict[str, tuple[str, Callable[[Api], list[Ask]]]] = {
    "place": (ONE, asks.placing),
    "read one": (ONE, asks.reading),
    "list one": (ONE, asks.one),
    "first page": (THOUSAND, asks.first),
    "deep page": (THOUSAND, asks.deep),
    "by status": (THOUSAND, asks.by_status),
    "by customer": (THOUSAND, asks.by_customer),
    "by metadata": (THOUSAND, asks.by_metadata),
}
"""What is asked of the large table, and which small one it is compared with."""


def measured(orders: int, rounds: int, seconds: float) -> Iterator[Measurement]:
    """Of the large table with so many. Raises NoRoom."""
    with ExitStack() as stack:
        ground = stack.enter_context(prepared())
        fill.check_room(ground.state, orders)
        apis = [stack.enter_context(mesh(ground, f"orders_{name}", name)) for name in (ONE, THOUSAND, MANY)]
        for api, size in zip(apis, (1, 1000, orders), strict=True):
            fill.fill(api.url, size, fill.MESH)
        kinds = {
            kind: {api.name: make(api) for api in apis if api.name in (few, MANY)}
            for kind, (few, make) in KINDS.items()
        }
        for number in range(rounds):
            for kind, asked in kinds.items():
                for api in turned(apis, number):
                    if api.name in asked:
                        _few_again(api, kind)
                        yield measure(api, kind, asked[api.name], CONNECTIONS, seconds)


def _few_again(api: Api, kind: str) -> None:
    """One order, where an earlier round placed others."""
    if (api.name, kind) == (ONE, "place"):
        with psycopg.connect(api.url) as tx:
            tx.execute("TRUNCATE orders, order_metadata, timeline")
        fill.fill(api.url, 1, fill.MESH)
