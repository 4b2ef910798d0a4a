"""What orders does. Each function gets a transaction and leaves the commit to its caller."""

from collections.abc import Iterable
from dataclasses import asdict

from contracts.emails import EmailSent
from contracts.orders import Customer, Line, OrderPlaced
from contracts.reports import SalesRecorded
from mesh import AsyncTx, Tx, outbox
from orders import store
from orders.domain import Entry, Order


async def place(order: Order, tx: AsyncTx) -> None:
    """Store an order and announce it: both, or neither."""
    await store.add(tx, order)
    await outbox.put(tx, _announcement(order))


def note_emails(sent: Iterable[EmailSent], tx: Tx) -> None:
    """Mails about orders went out."""
    store.note(tx, [Entry(e.order_id, e.sent_at, "emails", f"{e.kind} sent") for e in sent])


def note_sales(recorded: Iterable[SalesRecorded], tx: Tx) -> None:
    """Orders are in the sales figures."""
    entries = [
        Entry(order_id, r.recorded_at, "reports", "sale recorded")
        for r in recorded
        for order_id in r.order_ids
    ]
    store.note(tx, entries)


def _announcement(order: Order) -> OrderPlaced:
    return OrderPlaced(
        order_id=order.id,
        placed_at=order.placed_at,
        customer=Customer(**asdict(order.customer)),
        currency=order.currency,
        lines=tuple(Line(**asdict(line)) for line in order.lines),
        total=order.total,
    )
