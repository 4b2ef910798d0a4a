"""What other services did for orders."""

from collections.abc import Iterable

from contracts.emails import EmailSent
from contracts.reports import SalesRecorded
from mesh import Tx
from orders.domain import Entry
from orders.store import timeline


def note_emails(sent: Iterable[EmailSent], tx: Tx) -> None:
    """Mails about orders went out."""
    timeline.add(tx, *(Entry(e.order_id, e.sent_at, "emails", f"{e.kind} sent") for e in sent))


def note_sales(recorded: Iterable[SalesRecorded], tx: Tx) -> None:
    """Orders are in the sales figures."""
    entries = [
        Entry(order_id, r.recorded_at, "reports", "sale recorded")
        for r in recorded
        for order_id in r.order_ids
    ]
    timeline.add(tx, *entries)
