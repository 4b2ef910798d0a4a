"""What is asked, and how the right answer to it is known."""

import random
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg

from bench.api.apis import Api
from bench.client import Ask
from bench.orders import address, document, http
from embedded.apikey import ACCOUNT

DISTINCT = 1000
"""Asked in turns, again and again."""
PAGE = 20
SHOWN = b'"receipt_sent_at"'
"""What each order in an answer has once."""

_OWN = f"SELECT id, email FROM orders WHERE account = '{ACCOUNT}'"
_FROM = f"""
    SELECT found.id, found.email FROM unnest(%s::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL ({_OWN} AND id >= wanted.id ORDER BY id LIMIT 1) AS found
"""


def placing(api: Api) -> list[Ask]:
    """Every second order with two pairs of metadata."""
    return [
        Ask(http("POST", "/v1/orders", api.key, _document(number)), 201, address(number).encode())
        for number in range(DISTINCT)
    ]


def reading(api: Api) -> list[Ask]:
    """Orders from everywhere in the table."""
    return [Ask(http("GET", f"/v1/orders/{id}", api.key), 200, str(id).encode()) for id, _ in _sample(api)]


def one(api: Api) -> list[Ask]:
    """A page of one order."""
    return _pages(api, ["limit=1"], 1)


def first(api: Api) -> list[Ask]:
    return _pages(api, [f"limit={PAGE}"])


def deep(api: Api) -> list[Ask]:
    """Pages from everywhere in the list but its end."""
    return _pages(api, [f"limit={PAGE}&after={id}" for id, _ in _sample(api, above=PAGE)])


def by_status(api: Api) -> list[Ask]:
    return _pages(api, ["status=delivered", "status=delivered&status=shipped"])


def by_customer(api: Api) -> list[Ask]:
    """A fifth of a customer's orders."""
    return _pages(api, [f"customer={quote(email)}" for _, email in _sample(api)])


def by_metadata(api: Api) -> list[Ask]:
    return _pages(api, [f"metadata[source]={source}" for source in ("web", "app", "shop")])


def listing(api: Api) -> list[Ask]:
    """Pages of all these kinds, as many of each."""
    kinds = [first(api), deep(api), by_status(api), by_customer(api), by_metadata(api)]
    return [kind[turn % len(kind)] for turn in range(DISTINCT // len(kinds)) for kind in kinds]


def everything(api: Api) -> list[Ask]:
    """Of ten, three orders that are placed, five that are read and two pages."""
    placed, read, listed = placing(api), reading(api), listing(api)
    return [
        ask
        for n in range(DISTINCT // 10)
        for ask in (*placed[3 * n : 3 * n + 3], *read[5 * n : 5 * n + 5], *listed[2 * n : 2 * n + 2])
    ]


def _document(number: int) -> dict[str, Any]:
    pairs = {"metadata": {"source": "web", "cart": f"cart-{number}"}} if number % 2 else {}
    return document(number) | pairs


def _pages(api: Api, queries: Iterable[str], shown: int = PAGE) -> list[Ask]:
    return [Ask(http("GET", f"/v1/orders?{query}", api.key), 200, SHOWN, shown) for query in queries]


def _sample(api: Api, above: int = 0) -> list[tuple[UUID, str]]:
    """Id and customer of orders from all the account's time, but for so many of the oldest."""
    with psycopg.connect(api.url) as tx:
        [(lowest, _)] = tx.execute(f"{_OWN} ORDER BY id OFFSET %s LIMIT 1", [above]).fetchall()
        [(highest, _)] = tx.execute(f"{_OWN} ORDER BY id DESC LIMIT 1").fetchall()
        chance = random.Random(0)
        wanted = [UUID(int=chance.randint(lowest.int, highest.int)) for _ in range(DISTINCT)]
        return tx.execute(_FROM, [wanted]).fetchall()
