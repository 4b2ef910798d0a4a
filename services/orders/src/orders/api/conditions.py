"""RFC 9110: which version of an order, or of a schedule, a client has seen, and which it means."""

import re

from orders.domain import Order

_TAG = re.compile(r'"(\d{1,9})r?"')


def tag(version: int) -> str:
    """Of what has no more to it than its version."""
    return f'"{version}"'


def etag(order: Order) -> str:
    """Its version; `r`: with its receipt sent, which changes what is shown and is no change of the order."""
    return f'"{order.version}{"r" if order.receipt_sent_at else ""}"'


def versions(if_match: str | None) -> frozenset[int] | None:
    """Those that are named. None: any. What is no tag of ours matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (tag.strip() for tag in if_match.split(","))
    return frozenset(int(found[1]) for tag in tags if (found := _TAG.fullmatch(tag)))
