"""What emails does. Each function gets a transaction and leaves the commit to its caller."""

from datetime import datetime
from functools import partial
from uuid import UUID

from contracts.emails import EmailSent
from contracts.orders import Changed, OrderNoted, OrderPlaced
from emails import store
from emails.domain import Mail
from emails.mailer import Mailer
from emails.templates import Templates
from mesh import Effect, Tx, outbox


def send_receipt(
    placed: OrderPlaced, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime]:
    """Write the receipt and intend it. Mailing it is the effect, announcing it is what follows."""
    return _send(templates.receipt(placed, id), tx, mailer)


def send_notice(event: Changed, id: UUID, tx: Tx, templates: Templates, mailer: Mailer) -> Effect[datetime]:
    """The same for a notice of what became of an order."""
    return _send(templates.notice(event, id), tx, mailer)


def forward_note(
    noted: OrderNoted, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime] | None:
    """A note is mailed if it is for the customer."""
    return send_notice(noted, id, tx, templates, mailer) if noted.for_customer else None


def _send(mail: Mail, tx: Tx, mailer: Mailer) -> Effect[datetime]:
    store.intend(tx, mail)
    return Effect(perform=partial(mailer.send, mail), then=partial(_announce, mail))


def _announce(mail: Mail, tx: Tx, sent_at: datetime) -> None:
    store.sent(tx, mail.id, sent_at)
    outbox.put(tx, EmailSent(mail_id=mail.id, kind=mail.kind, order_id=mail.order_id, sent_at=sent_at))
