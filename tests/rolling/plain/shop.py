"""The flow as plain Celery has it: one app, one queue, `send_task` after the commit, all as it comes.

Run by `celery -A rolling.plain.shop worker`. BUILD says which build this is: `old`, `renamed`, whose messages
say `amount` where they said `total`, or `message`, which sends a task that `old` does not have.
"""

import os
import smtplib
from email.message import EmailMessage
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import psycopg
from celery import Celery

BUILD = os.environ["BUILD"]
FIELD = "amount" if BUILD == "renamed" else "total"

app = Celery("shop", broker=os.environ["BROKER_URL"])


def send_tasks(order_id: str, email: str, total: int) -> None:
    """What follows from an order that is stored."""
    told = {"order_id": order_id, FIELD: total}
    app.send_task("shop.send_receipt", kwargs={**told, "email": email})
    app.send_task("shop.record_sale", kwargs=told)
    if BUILD == "message":
        app.send_task("shop.send_note", kwargs={"order_id": order_id, "email": email})


@cache
def _database() -> psycopg.Connection[Any]:
    """Of this child: opened after the fork, by its first task."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _execute(*statements: tuple[str, tuple[Any, ...]]) -> None:
    with _database().transaction():
        for statement, values in statements:
            _database().execute(statement, values)


def _noted(order_id: str, what: str) -> tuple[str, tuple[Any, ...]]:
    return "INSERT INTO timeline VALUES (%s, %s)", (order_id, what)


def _mail(order_id: str, email: str, subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["Message-ID"] = f"<{os.urandom(16).hex()}@shop.example>"
    mail["From"], mail["To"], mail["Subject"] = os.environ["MAIL_FROM"], email, subject
    mail["X-Order-Id"] = order_id
    mail.set_content(text)
    server = urlsplit(os.environ["SMTP_URL"])
    with smtplib.SMTP(server.hostname or "", server.port or 25, local_hostname="shop", timeout=10) as smtp:
        smtp.send_message(mail)


def send_receipt(order_id: str, email: str, total: int) -> None:
    _mail(order_id, email, f"Your order {order_id}", f"Total: €{total // 100:,}.{total % 100:02}")
    _execute(_noted(order_id, "receipt sent"))


def record_sale(order_id: str, total: int) -> None:
    added = ("UPDATE sales SET orders = orders + 1, revenue = revenue + %s", (total,))
    _execute(added, _noted(order_id, "sale recorded"))


def send_note(order_id: str, email: str) -> None:
    _mail(order_id, email, "Thank you", "Thank you for your order.")


if BUILD == "renamed":

    @app.task(name="shop.send_receipt")
    def send_renamed_receipt(order_id: str, email: str, amount: int) -> None:
        send_receipt(order_id, email, amount)

    @app.task(name="shop.record_sale")
    def record_renamed_sale(order_id: str, amount: int) -> None:
        record_sale(order_id, amount)

else:
    app.task(name="shop.send_receipt")(send_receipt)
    app.task(name="shop.record_sale")(record_sale)
if BUILD == "message":
    app.task(name="shop.send_note")(send_note)
