"""The usual Celery task: rendered, and sent by smtplib over a connection of its own. Prefork, on Redis.

As the documentation of each part shows it, for tasks that must not be lost. It promises less than the mesh:
it keeps no note of what it sent, sends twice what is delivered twice, and tells nobody. Two things make it
faster than is usual: smtplib is told the host's name, and the order comes in the task's arguments.
"""

import os
import smtplib
import socket
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from celery import Celery

from contracts.emails import SendReceipt
from emails.templates import Templates

app = Celery("usual", broker=os.environ["BROKER_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_queue="usual",
    broker_connection_retry_on_startup=True,
)
templates = Templates()
server = urlsplit(os.environ.get("SMTP_URL", "smtp://127.0.0.1:25"))
hostname = socket.getfqdn()


@app.task(name="send_receipt", autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_receipt(order: dict[str, Any]) -> None:
    wanted = SendReceipt.model_validate(order)
    content = templates.receipt(wanted)
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{uuid4()}@meshwork.example>"
    message["Date"] = datetime.now(UTC)
    message["From"] = "Meshwork <orders@meshwork.example>"
    message["To"] = Address(wanted.recipient.name, addr_spec=wanted.recipient.email)
    message["Subject"] = content.subject
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    with smtplib.SMTP(server.hostname or "", server.port or 25, local_hostname=hostname, timeout=30) as smtp:
        smtp.send_message(message)
