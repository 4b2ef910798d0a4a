"""Mails to hand over, and who hands them over."""

from typing import Any
from uuid import uuid4

from emails.domain import Content, Mail
from emails.smtp import Mailer
from emails.smtp.providers import parse

SENDER = "Meshwork <orders@meshwork.example>"
CONTENT = Content("Your order", "Hello Ada,\n\nTea.\n", "<p>Hello Ada,</p><p>Tea.</p>")


def mail(to: str = "ada@example.com", **more: Any) -> Mail:
    given = {"kind": "receipt", "to_name": "Ada Lovelace", "content": CONTENT, "order_id": uuid4(), **more}
    return Mail(id=uuid4(), to_address=to, **given)


def mailer(*urls: str, **more: Any) -> Mailer:
    """To those URLs. Where two have one host, they want names."""
    return Mailer(parse(" ".join(urls)), SENDER, **more)
