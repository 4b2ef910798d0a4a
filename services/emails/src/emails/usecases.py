"""What emails does. Each function gets a transaction and leaves the commit to its caller."""

from datetime import datetime
from functools import partial
from uuid import UUID

from contracts.emails import EmailSent
from contracts.orders import OrderPlaced
from emails import store
from emails.domain import Mail
from emails.mailer import Mailer
from emails.templates import Templates
from mesh import Effect, Tx, outbox


def send_receipt(
    placed: OrderPlaced, id: UUID, tx: Tx, templates: Templates, mailer: Mailer
) -> Effect[datetime]:
    """Write the receipt and intend it. Mailing it is the effect, announcing it is what follows."""
    mail = templates.receipt(placed, id)
    store.intend(tx, mail)
    return Effect(perform=partial(mailer.send, mail), then=partial(_announce, mail))


def _announce(mail: Mail, tx: Tx, sent_at: datetime) -> None:
    store.sent(tx, mail.id, sent_at)
    outbox.put(tx, EmailSent(mail_id=mail.id, kind=mail.kind, order_id=mail.order_id, sent_at=sent_at))
