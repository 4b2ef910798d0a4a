"""What other services did for orders."""

from collections.abc import Iterable

from contracts.emails import EmailFailed, EmailSent
from contracts.reports import SalesRecorded
from mesh import Tx
from orders.domain import Entry
from orders.store import timeline

_WHY = {
    "refused": "the mail server refused it",
    "suppressed": "there is no such mailbox",
    "unwanted": "its recipient wants no such mails",
    "exhausted": "every try failed",
    "in_doubt": "it may have arrived",
}


def note_emails(sent: Iterable[EmailSent], tx: Tx) -> None:
    """Mails about orders went out."""
    timeline.add(tx, *(Entry(e.order_id, e.sent_at, "emails", f"{e.kind} sent") for e in sent))


def note_failed_emails(failed: Iterable[EmailFailed], tx: Tx) -> None:
    """Mails about orders will not arrive: whoever looks at the order may want to call."""
    entries = [
        Entry(f.order_id, f.failed_at, "emails", f"{f.kind} not sent: {_WHY[f.reason]}")
        for f in failed
        if f.order_id
    ]
    timeline.add(tx, *entries)


def note_sales(recorded: Iterable[SalesRecorded], tx: Tx) -> None:
    """Orders are in the sales figures."""
    entries = [
        Entry(order_id, r.recorded_at, "reports", "sale recorded")
        for r in recorded
        for order_id in r.order_ids
    ]
    timeline.add(tx, *entries)
