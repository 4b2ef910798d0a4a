"""JSON documents with one thing changed."""

from copy import deepcopy
from typing import Any

MISSING: Any = object()


def order(**changes: Any) -> dict[str, Any]:
    """What a client sends for Ada's two teas, but for what is said."""
    return {
        "customer": {"email": "ada@example.com", "name": "Ada Lovelace", "locale": "en", "country": "GB"},
        "currency": "EUR",
        "lines": [{"sku": "T-1", "name": "Tea", "quantity": 2, "unit_price": 450}],
        **changes,
    }


def changed(document: Any, pointer: str, value: Any) -> Any:
    """A copy with `value` at a JSON pointer, such as `/lines/0/sku`; MISSING takes away what is there."""
    if not pointer:
        return value
    copy = deepcopy(document)
    *parents, last = [int(part) if part.isdigit() else part for part in pointer.split("/")[1:]]
    parent = copy
    for part in parents:
        parent = parent[part]
    if value is MISSING:
        del parent[last]
    else:
        parent[last] = value
    return copy
