"""The receipt: the same text from the same templates, and the same headers, as the mesh's."""

import os
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

from bench.baselines.stock.models import Order
from contracts.emails import Recipient, SendReceipt
from contracts.orders import Line
from emails.templates import Templates


def receipt(order: Order, templates: Templates) -> EmailMessage:
    content = templates.receipt(_wanted(order))
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{uuid4()}@meshwork.example>"
    message["Date"] = datetime.now(UTC)
    message["From"] = os.environ["MAIL_FROM"]
    message["To"] = Address(order.name, addr_spec=order.email)
    message["Subject"] = content.subject
    message["X-Order-Id"] = str(order.id)
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    return message


def _wanted(order: Order) -> SendReceipt:
    """What the templates take, without a check: it comes from the database."""
    return SendReceipt.model_construct(
        order_id=order.id,
        placed_at=order.placed_at,
        recipient=Recipient.model_construct(email=order.email, name=order.name, locale=order.locale),
        currency=order.currency,
        lines=tuple(Line.model_construct(**line) for line in order.lines),
        total=order.total,
    )
