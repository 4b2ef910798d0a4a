"""A mail as bytes: text and HTML as alternatives, files beside them, all in base64 (RFC 5322, 2045, 2046).

Written out here because the standard library's classes take 0.35 ms (`email.mime`) or 1.2 ms
(`email.message`) for it, which was a third of all that a receipt costs. Headers are encoded by it.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import cached_property
from urllib.parse import quote as percent

from emails.domain import Attachment, Mail
from emails.smtp.errors import Refused

_LONGEST_NAME, _LONGEST_SUBJECT = 200, 900  # characters: no line is longer than 998 bytes
_CRLF = "\r\n"
_LINE = 57  # bytes that make a line of base64
_LARGE = 1_000_000  # bytes that no slow line sends at once
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_LINK = re.compile(r"https?://[!-;=?-~]{1,900}")  # in <>, on one line
_DOT = re.compile(rb"(?m)^\.")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Letter:
    """A mail as it travels, and what is on its envelope."""

    sender: str
    address: str
    head: bytes
    body: Sequence[bytes]
    """In pieces, each of whole lines: a large file is not copied to stand behind what is before it."""

    @cached_property
    def size(self) -> int:
        return len(self.head) + sum(map(len, self.body))

    @property
    def large(self) -> bool:
        return self.size > _LARGE

    @property
    def private(self) -> tuple[str, str]:
        """What no log quotes."""
        return self.address, self.address.rpartition("@")[0]

    def pieces(self) -> Iterator[bytes]:
        """What is sent, up to the dot that ends it; small ones in one piece."""
        lines = (_dotted(piece) for piece in (self.head, *self.body))
        if self.large:
            yield from lines
            yield b".\r\n"
        else:
            yield b"".join((*lines, b".\r\n"))


def headers(mail: Mail, sender: str, address: str, domain: str, reply_to: str | None) -> Headers:
    """All but what the body says of itself. `domain`: the right side of the Message-ID."""
    given = [
        ("Message-ID", f"<{mail.id}@{domain}>"),  # the idempotency key, for whoever looks
        ("Date", format_datetime(datetime.now(UTC))),
        ("From", sender),
        ("To", f"{_name(mail.to_name)}{_CRLF} <{address}>"),
        ("Subject", _encoded(_one_line(mail.content.subject)[:_LONGEST_SUBJECT])),
        ("Auto-Submitted", "auto-generated"),  # no answer from who is on holiday
    ]
    if reply_to:
        given.append(("Reply-To", reply_to))
    if mail.order_id:
        given.append(("X-Order-Id", str(mail.order_id)))
    if mail.unsubscribe:
        given += _unsubscribe(mail.unsubscribe)
    return [*given, ("MIME-Version", "1.0")]


def body(mail: Mail) -> tuple[tuple[str, str], list[bytes]]:
    """The header that says what it is, and what it is."""
    inner = f"=_{mail.id.hex}"
    kind = f'multipart/alternative; boundary="{inner}"'
    said = [_text("plain", mail.content.text), _text("html", mail.content.html)]
    alternatives = [piece for part in said for piece in (f"--{inner}{_CRLF}".encode(), *part)]
    alternatives.append(f"--{inner}--{_CRLF}".encode())
    if not mail.attachments:
        return ("Content-Type", kind), [b"".join(alternatives)]
    outer = f"=_files_{mail.id.hex}"
    between = f"--{outer}{_CRLF}"
    pieces = [f"{between}Content-Type: {kind}{_CRLF}{_CRLF}".encode(), *alternatives]
    for attachment in mail.attachments:
        pieces += [f"{between}{_described(attachment)}{_CRLF}{_CRLF}".encode(), _base64(attachment.content)]
    pieces.append(f"--{outer}--{_CRLF}".encode())
    return ("Content-Type", f'multipart/mixed; boundary="{outer}"'), pieces


def written(headers: Headers) -> bytes:
    """Headers as bytes, and the empty line that ends them."""
    return (_CRLF.join(f"{name}: {value}" for name, value in headers) + _CRLF + _CRLF).encode()


def _unsubscribe(link: str) -> Headers:
    """RFC 2369, and 8058: a mail program may ask the link itself, by POST."""
    if not _LINK.fullmatch(link):
        raise Refused("the link by which to unsubscribe is none")
    return [("List-Unsubscribe", f"<{link}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]


def _text(subtype: str, text: str) -> tuple[bytes, bytes]:
    kind = f"Content-Type: text/{subtype}; charset=utf-8"
    return f"{kind}{_CRLF}Content-Transfer-Encoding: base64{_CRLF}{_CRLF}".encode(), _base64(text.encode())


def _described(attachment: Attachment) -> str:
    kind = attachment.media_type
    return _CRLF.join(
        (
            f"Content-Type: {kind if _MEDIA_TYPE.fullmatch(kind) else 'application/octet-stream'}",
            "Content-Transfer-Encoding: base64",
            f"Content-Disposition: attachment;{_CRLF} {_file_name(attachment.name)}",
        )
    )


def _file_name(name: str) -> str:
    """As a parameter; beyond ASCII in as many pieces as its letters need (RFC 2231)."""
    name = _one_line(name).translate({ord("/"): "_", ord("\\"): "_"})[:_LONGEST_NAME] or "file"
    if name.isascii():
        return f'filename="{quote(name)}"'
    pieces = [""]
    for letter in (percent(letter, safe="") for letter in name):
        if len(pieces[-1]) + len(letter) > 55:
            pieces.append("")
        pieces[-1] += letter
    pieces[0] = f"utf-8''{pieces[0]}"
    return f";{_CRLF} ".join(f"filename*{number}*={piece}" for number, piece in enumerate(pieces))


def _base64(content: bytes) -> bytes:
    """In lines of 76, each ended. A megabyte at a time: its lines are many small objects."""
    step = _LINE * 16384
    view = memoryview(content)
    return b"".join(_lines(view[start : start + step]) for start in range(0, len(content), step))


def _lines(content: memoryview) -> bytes:
    encoded = b2a_base64(content, newline=False)
    return b"".join([encoded[start : start + 76] + b"\r\n" for start in range(0, len(encoded), 76)])


def _name(name: str) -> str:
    """A display name. Those of `email` do not fold a long one."""
    name = _one_line(name)[:_LONGEST_NAME]
    return f'"{quote(name)}"' if name.isascii() else _encoded(name)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(linesep=_CRLF)


def _one_line(text: str) -> str:
    """A line break in a name would begin a header of its sender's choice."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def _dotted(lines: bytes) -> bytes:
    """A line that is a dot would end the mail."""
    return _DOT.sub(b"..", lines) if lines[:1] == b"." or b"\n." in lines else lines
