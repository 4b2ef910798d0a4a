"""The receipt: the same text from the same templates, and the same headers, as the mesh's."""

import os
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

from bench.baselines.stock.models import Order
from contracts.orders import Customer, Line, OrderPlaced
from emails.templates import Templates


def receipt(order: Order, templates: Templates) -> EmailMessage:
    mail = templates.receipt(_placed(order), uuid4())
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{mail.id}@meshwork.example>"
    message["Date"] = datetime.now(UTC)
    message["From"] = os.environ["MAIL_FROM"]
    message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
    message["Subject"] = mail.subject
    message["X-Order-Id"] = str(order.id)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _placed(order: Order) -> OrderPlaced:
    """What the templates take, without a check: it comes from the database."""
    return OrderPlaced.model_construct(
        order_id=order.id,
        placed_at=order.placed_at,
        customer=Customer.model_construct(email=order.email, name=order.name, locale=order.locale),
        currency=order.currency,
        lines=tuple(Line.model_construct(**line) for line in order.lines),
        total=order.total,
    )
