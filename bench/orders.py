"""The orders that are placed: each follows from its number, so that every sum is known beforehand."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

GOODS = [
    ("TEA-ASSAM-250", "Assam, second flush, 250 g", 1290),
    ("TEA-SENCHA-100", "Sencha, first harvest, 100 g", 1850),
    ("POT-GLASS-12", "Glass teapot, 1.2 l", 3900),
    ("CUP-STONE-6", "Stoneware cups, set of six", 5400),
    ("TIN-COPPER", "Copper tin for 250 g", 2175),
]
"""Number, name and price in cents."""

NAMES = ["Ada Lovelace", "Grace Hopper", "Radia Perlman", "Barbara Liskov", "Frances Allen"]


class Sales(NamedTuple):
    """What the figures must say."""

    orders: int
    items: int
    revenue: int
    """In cents."""


def document(number: int) -> dict[str, Any]:
    """The body of the POST: two or three lines, in EUR, for a customer who orders only this once."""
    chosen = [GOODS[(number + step) % len(GOODS)] for step in range(2 + number % 2)]
    return {
        "customer": {"email": address(number), "name": NAMES[number % len(NAMES)], "locale": "en"},
        "currency": "EUR",
        "lines": [
            {"sku": sku, "name": name, "quantity": 1 + (number + at) % 4, "unit_price": price}
            for at, (sku, name, price) in enumerate(chosen)
        ],
    }


def address(number: int) -> str:
    """Whom the receipt of that order goes to."""
    return f"customer-{number:06d}@example.com"


def request(number: int, key: str) -> bytes:
    """The POST of an order. `key`: what opens the API."""
    return http("POST", "/v1/orders", key, document(number))


def http(method: str, path: str, key: str, document: Any = None) -> bytes:
    """A whole HTTP/1.1 request."""
    body = b"" if document is None else json.dumps(document).encode()
    typed = ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    head = [f"{method} {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {key}", *typed]
    return "\r\n".join([*head, "", ""]).encode() + body


def sales(numbers: Iterable[int]) -> Sales:
    """The figures of these orders together."""
    found = [
        [(line["quantity"], line["unit_price"]) for line in document(number)["lines"]] for number in numbers
    ]
    return Sales(
        len(found),
        sum(quantity for lines in found for quantity, _ in lines),
        sum(quantity * price for lines in found for quantity, price in lines),
    )
