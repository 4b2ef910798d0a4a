"""What orders does. Each function gets a transaction and leaves the commit to its caller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts import Envelope
from contracts.emails import EmailSent
from contracts.orders import Customer, Line, OrderPlaced
from contracts.reports import SalesRecorded
from mesh import AsyncTx, Tx, outbox
from orders import store
from orders.domain import Entry, Order


@dataclass(frozen=True, slots=True)
class Placement:
    """An order, and the news of it."""

    order: Order
    announcement: Envelope


def accept(order: Order) -> Placement:
    """What is to be stored and sent for an order, within the story of the request that asked for it."""
    return Placement(order, outbox.seal(_announcement(order)))


async def place(placements: Sequence[Placement], tx: AsyncTx) -> None:
    """Store orders and announce them: all of it, or nothing."""
    await store.add(tx, [p.order for p in placements])
    await outbox.put(tx, *(p.announcement for p in placements))


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
    customer = order.customer
    return OrderPlaced(
        order_id=order.id,
        placed_at=order.placed_at,
        customer=Customer(email=customer.email, name=customer.name, locale=customer.locale),
        currency=order.currency,
        lines=tuple(
            Line(sku=x.sku, name=x.name, quantity=x.quantity, unit_price=x.unit_price) for x in order.lines
        ),
        total=order.total,
    )
