"""One mail and what of it is shown, in the words of Mailpit's API."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from functools import cached_property
from typing import Any, ClassVar

SNIPPET = 250  # characters, as Mailpit

Address = dict[str, str]


@dataclass
class Mail:
    """A mail as it came, and its envelope."""

    COLUMNS: ClassVar[str] = "id, received, sender, recipients, raw"

    id: int
    received: float  # Unix time, seconds
    sender: str
    recipients: str  # one per line
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The mail's parts. Never raises: what is malformed is read as well as it can be."""
        return message_from_bytes(self.raw, policy=default)

    def summary(self) -> dict[str, Any]:
        """An entry of the list; the caller adds `Read`."""
        text = self._content("plain") or _without_tags(self._content("html"))
        return {
            **self._head(),
            "Created": _iso(datetime.fromtimestamp(self.received, UTC)),
            "Snippet": " ".join(text.split())[:SNIPPET],
            "Attachments": len(self._files()),
        }

    def details(self) -> dict[str, Any]:
        """All that the page shows."""
        files = self._files()
        return {
            **self._head(),
            "ReturnPath": self.sender,
            "Date": _iso(self._date()),
            "Text": self._content("plain"),
            "HTML": self._content("html"),
            "Inline": [file for file in files if file["ContentID"]],
            "Attachments": [file for file in files if not file["ContentID"]],
        }

    def headers(self) -> dict[str, list[str]]:
        """Every header with all its values, decoded."""
        return {name: [str(value) for value in self.message.get_all(name, [])] for name in self.message}

    def words(self) -> str:
        """What a search for plain words looks through."""
        shown = [
            *map(str, self.message.values()),
            self._content("plain"),
            _without_tags(self._content("html")),
        ]
        return "\n".join([self.recipients, *shown]).casefold()

    def page(self) -> str:
        """The HTML, its inline images taken from this server."""
        html = self._content("html")
        for file in self._files():
            if file["ContentID"]:
                html = html.replace(
                    f"cid:{file['ContentID']}", f"/api/v1/message/{self.id}/part/{file['PartID']}"
                )
        return html

    def part(self, number: str) -> tuple[str, bytes] | None:
        """Content type and content of the attachment of that number."""
        for known, part in self._file_parts():
            if known == number:
                return part.get_content_type(), _bytes(part)
        return None

    def _head(self) -> dict[str, Any]:
        return {
            "ID": str(self.id),
            "MessageID": str(self.message.get("Message-ID", "")).strip().strip("<>"),
            "From": next(iter(self._addresses("From")), {"Name": "", "Address": self.sender}),
            "To": self._addresses("To"),
            "Cc": self._addresses("Cc"),
            "Bcc": self._blind(),
            "ReplyTo": self._addresses("Reply-To"),
            "Subject": str(self.message.get("Subject", "")),
            "Size": len(self.raw),
            "Tags": [],
        }

    def _addresses(self, name: str) -> list[Address]:
        header = self.message.get(name)
        return [
            {"Name": one.display_name, "Address": one.addr_spec} for one in getattr(header, "addresses", ())
        ]

    def _blind(self) -> list[Address]:
        named = {one["Address"] for one in self._addresses("To") + self._addresses("Cc")}
        return [{"Name": "", "Address": one} for one in self.recipients.splitlines() if one not in named]

    def _date(self) -> datetime:
        said = getattr(self.message.get("Date"), "datetime", None)
        return said or datetime.fromtimestamp(self.received, UTC)

    def _content(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        if body is None:
            return ""
        try:
            return str(body.get_content()).replace("\r\n", "\n")
        except (LookupError, KeyError):  # an unknown charset or content type
            return _bytes(body).decode("utf-8", "replace")

    def _files(self) -> list[dict[str, Any]]:
        return [_describe(number, part) for number, part in self._file_parts()]

    def _file_parts(self) -> Iterator[tuple[str, EmailMessage]]:
        """Parts that are neither containers nor the text: with a file name, an id, or of another type."""
        for number, part in enumerate(self.message.walk(), 1):
            shown = part.get_content_type() in ("text/plain", "text/html") and not part.is_attachment()
            if not part.is_multipart() and not shown:
                yield str(number), part


def _describe(number: str, part: EmailMessage) -> dict[str, Any]:
    return {
        "PartID": number,
        "FileName": part.get_filename() or f"part-{number}",
        "ContentType": part.get_content_type(),
        "ContentID": str(part.get("Content-ID", "")).strip("<> "),
        "Size": len(_bytes(part)),
    }


def _bytes(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _without_tags(html: str) -> str:
    without_style = re.sub(r"(?is)<(style|script|head)\b.*?</\1>", " ", html)
    return re.sub(r"<[^>]*>", " ", without_style)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
