"""The order that everybody sends and handles: small, and refused if anything of it got lost or changed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

NAME = "bench.take_order"
"""The task, the actor, the contract: the same name everywhere, where a name goes onto the wire."""

_TEAS = [("TEA-ASSAM-250", 1290), ("TEA-SENCHA-100", 1850), ("POT-GLASS-12", 3900)]


class Damaged(Exception):
    """An order that is not as it was sent."""


def document(number: int) -> dict[str, Any]:
    """Order number so-and-so, as JSON has it: about 270 bytes."""
    chosen = [_TEAS[number % 3], _TEAS[(number + 1) % 3]]
    lines: list[dict[str, Any]] = [
        {"sku": sku, "quantity": 1 + number % 4, "unit_price": price} for sku, price in chosen
    ]
    return {
        "number": number,
        "order_id": str(UUID(int=number)),
        "email": f"customer-{number:06d}@example.com",
        "currency": "EUR",
        "lines": lines,
        "total": sum(line["quantity"] * line["unit_price"] for line in lines),
    }


def check(number: int, currency: str, total: int, amounts: Iterable[int]) -> None:
    """What every handler does with an order before it counts it. Raises Damaged."""
    if currency != "EUR" or sum(amounts) != total:
        raise Damaged(f"order {number}")
