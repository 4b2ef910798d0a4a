"""A mail as bytes: text and HTML as alternatives, each in base64 (RFC 5322, 2045, 2046).

Written out here because the standard library's classes take 0.35 ms (`email.mime`) or 1.2 ms
(`email.message`) for it, which was a third of all that a receipt costs. Headers are encoded by it.
"""

import base64
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote

from emails.domain import Mail

_LONGEST_NAME = 200
_CRLF = "\r\n"


def content(mail: Mail, sender: str, address: str, domain: str) -> bytes:
    """The mail from `sender` to `address`. `domain` is the right side of its Message-ID."""
    boundary = f"=_{mail.id.hex}"
    headers = [
        f"Message-ID: <{mail.id}@{domain}>",  # the idempotency key, for whoever looks
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"From: {sender}",
        f"To: {_name(mail.to_name)}{_CRLF} <{address}>",
        f"Subject: {_encoded(_one_line(mail.content.subject))}",
        f"X-Order-Id: {mail.order_id}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [_part("plain", mail.content.text), _part("html", mail.content.html)]
    body = "".join(f"--{boundary}{_CRLF}{part}{_CRLF}" for part in parts)
    return f"{_CRLF.join(headers)}{_CRLF}{_CRLF}{body}--{boundary}--{_CRLF}".encode()


def _part(subtype: str, text: str) -> str:
    encoded = base64.encodebytes(text.encode()).decode().replace("\n", _CRLF)
    return _CRLF.join(
        (
            f"Content-Type: text/{subtype}; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            encoded,
        )
    )


def _name(name: str) -> str:
    """A display name. Those of `email` do not fold a long one."""
    name = _one_line(name)[:_LONGEST_NAME]
    return f'"{quote(name)}"' if name.isascii() else _encoded(name)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(linesep=_CRLF)


def _one_line(text: str) -> str:
    """A line break in a name would begin a header of its sender's choice."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
