"""An order that is not paid in time expires: a message to ourselves, which waits until then, says so."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from contracts import Envelope
from contracts.orders import ExpireOrder, OrderExpired
from mesh import Tx, outbox
from orders.domain import Entry, Order
from orders.store import events, orders, timeline
from orders.usecases.telling import changed, facts


def warrant(order: Order) -> Envelope:
    """The message that lets it expire."""
    return outbox.seal(ExpireOrder(order_id=order.id), warrant_id(order.id))


def warrant_id(order_id: UUID) -> UUID:
    """It follows from the order's, so whoever pays can withdraw it."""
    return uuid5(order_id, "orders.expire_order")


def expire(order_id: UUID, tx: Tx) -> None:
    """Unless it was paid or cancelled meanwhile."""
    order = orders.expire(tx, order_id, datetime.now(UTC))
    if order is None:
        return
    event = OrderExpired(**facts(order))
    timeline.add(tx, Entry(order.id, event.at, "orders", "order expired"))
    events.add(tx, changed(order, event))
    outbox.put(tx, event)
