"""Extract: what arrives is kept as it is, and somebody is told to look at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.orders import OrderPlaced
from contracts.reports import TransformLanded
from mesh import Tx, context, outbox
from reports.store import landing
from reports.store.landing import Landing


class AboutAnOrder(Protocol):
    """An event of an order."""

    @property
    def order_id(self) -> UUID: ...


def land(events: Sequence[AboutAnOrder], tx: Tx) -> None:
    """Keep a batch of them, in the envelopes that they came in."""
    whole = zip(context.arrived(), events, strict=True)
    keep(tx, [Landing(a.head.id, a.head.name, e.order_id, _at(e), a.document) for a, e in whole])


def keep(tx: Tx, landings: Sequence[Landing]) -> None:
    """Land them, and have what is new transformed."""
    if fresh := landing.land(tx, landings):
        outbox.put(tx, TransformLanded(first=fresh.first, last=fresh.last))


def _at(event: AboutAnOrder) -> datetime:
    if isinstance(event, OrderPlaced):
        return event.placed_at
    at: datetime = event.at  # type: ignore[attr-defined]
    return at
