"""Extract: what arrives is kept as it is, beside what the facts take from it."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from contracts import Head
from contracts.orders import Changed, Customer, OrderPlaced, OrderRefunded
from contracts.reports import TransformLanded
from mesh import Tx, context, outbox
from reports.store import landing
from reports.store.landing import Landing

Event = OrderPlaced | Changed
"""Of an order."""


def land(events: Sequence[Event], tx: Tx) -> None:
    """Keep a batch of them, in the envelopes that they came in."""
    whole = zip(context.arrived(), events, strict=True)
    keep(tx, [landing_of(event, each.head, each.document) for each, event in whole])


def keep(tx: Tx, landings: Sequence[Landing]) -> int:
    """Land them, and have what is new transformed. Returns how many are."""
    places = sorted(landing.land(tx, landings))
    parts = (places[at : at + landing.MOST] for at in range(0, len(places), landing.MOST))
    outbox.put(tx, *(TransformLanded(first=part[0], last=part[-1]) for part in parts))
    return len(places)


def landing_of(event: Event, head: Head, envelope: str) -> Landing:
    """An event as it lands. Here a contract's words become ours: a new version changes nothing behind."""
    if isinstance(event, OrderPlaced):
        return Landing(head.id, head.name, event.order_id, event.placed_at, _written(_order(event)), envelope)
    said = _written(_refund(event)) if isinstance(event, OrderRefunded) else None
    return Landing(head.id, head.name, event.order_id, event.at, said, envelope)


def _order(placed: OrderPlaced) -> dict[str, Any]:
    return {
        **_customer(placed.account, placed.customer),
        "currency": placed.currency,
        "total": placed.total,
        "lines": placed.lines,
    }


def _refund(event: OrderRefunded) -> dict[str, Any]:
    return {
        **_customer(event.account, event.customer),
        "currency": event.currency,
        "amount": event.amount,
        "refunded": event.refunded,
        "reason": event.reason,
    }


def _customer(account: str | None, customer: Customer) -> dict[str, str]:
    return {
        "account": account or "",
        "email": customer.email,
        "name": customer.name,
        "locale": customer.locale,
        "country": customer.country or "",
    }


def _written(said: dict[str, Any]) -> str:
    return to_json(said).decode()
