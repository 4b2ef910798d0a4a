"""The worker of emails: mails the receipt, then tells orders."""

import os
import smtplib
import socket
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from bench.baselines.stock.celery_app import celery_app
from bench.baselines.stock.database import Session
from bench.baselines.stock.models import Order
from bench.baselines.stock.receipt import receipt
from emails.templates import Templates

app = celery_app("emails")
templates = Templates()
server = urlsplit(os.environ["SMTP_URL"])
hostname = socket.getfqdn()  # smtplib asks the DNS for it with every connection, unless it is told


@app.task(name="emails.send_receipt", autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_receipt(order_id: str) -> None:
    with Session() as session:
        order = session.get_one(Order, UUID(order_id))
    mail = receipt(order, templates)
    with smtplib.SMTP(server.hostname or "", server.port or 25, local_hostname=hostname, timeout=10) as smtp:
        smtp.send_message(mail)
    sent = {"order_id": order_id, "sent_at": datetime.now(UTC).isoformat()}
    app.send_task("orders.note_receipt_sent", kwargs=sent)
