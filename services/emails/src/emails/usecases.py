"""What emails does. Each function gets a transaction and leaves the commit to its caller."""

from datetime import datetime
from functools import partial
from uuid import UUID

from contracts.emails import EmailSent, Recipient, SendNotice, SendReceipt
from contracts.orders import OrderNoted
from emails import letters, store
from emails.domain import Content, Mail
from emails.mailer import Mailer
from emails.templates import Templates
from mesh import Effect, Tx, outbox


def send_receipt(
    wanted: SendReceipt, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime]:
    """Write the receipt and intend it. Mailing it is the effect, announcing it is what follows."""
    content = templates.receipt(wanted)
    return _send(_mail(id, "receipt", wanted.recipient, content, wanted.order_id), tx, mailer)


def send_notice(
    wanted: SendNotice, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime]:
    """The same for a notice of what became of an order."""
    content, kind = templates.notice(wanted), letters.KINDS[wanted.what]
    return _send(_mail(id, kind, wanted.recipient, content, wanted.order_id), tx, mailer)


def forward_note(
    noted: OrderNoted, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime] | None:
    """A note is mailed if it is for the customer."""
    return send_notice(letters.notice(noted), id, tx, templates, mailer) if noted.for_customer else None


def _mail(id: UUID, kind: str, to: Recipient, content: Content, order_id: UUID) -> Mail:
    return Mail(id=id, kind=kind, to_name=to.name, to_address=to.email, content=content, order_id=order_id)


def _send(mail: Mail, tx: Tx, mailer: Mailer) -> Effect[datetime]:
    store.intend(tx, mail)
    return Effect(perform=partial(mailer.send, mail), then=partial(_announce, mail))


def _announce(mail: Mail, tx: Tx, sent_at: datetime) -> None:
    store.sent(tx, mail.id, sent_at)
    assert mail.order_id
    outbox.put(tx, EmailSent(mail_id=mail.id, kind=mail.kind, order_id=mail.order_id, sent_at=sent_at))
