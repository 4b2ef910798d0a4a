"""Documents that arrived, whole: what they say is elsewhere, and can be taken from them again."""

from datetime import datetime
from typing import NamedTuple

from mesh import Tx


class Document(NamedTuple):
    """One that landed."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal."""
    kind: str
    source: str
    """Where it came from, for people: no password, no query."""
    etag: str | None
    modified: str | None
    """What its source said, to be asked with the next time."""
    body: bytes | None
    """None: it is kept elsewhere, or not at all."""


_LAND = """
    INSERT INTO landed_documents (digest, kind, source, etag, modified, body)
    VALUES (%b, %b, %b, %b, %b, %b)
    ON CONFLICT (digest) DO UPDATE SET (source, etag, modified, landed_at) =
        (excluded.source, excluded.etag, excluded.modified, excluded.landed_at)
"""
_COLUMNS = "digest, kind, source, etag, modified, body"
_LATEST = """
    SELECT etag, modified FROM landed_documents WHERE kind = %s AND source = %s AND read_at IS NOT NULL
    ORDER BY landed_at DESC LIMIT 1
"""
_READ = "UPDATE landed_documents SET read_at = now() WHERE digest = %s"


def land(tx: Tx, document: Document) -> None:
    """Keep it. The same bytes again are kept once, and have landed now: their source says so again."""
    tx.execute(_LAND, document)


def of(tx: Tx, digest: str) -> tuple[Document, datetime] | None:
    """The document, and when it landed last; None: there is none."""
    found = tx.execute(f"SELECT {_COLUMNS}, landed_at FROM landed_documents WHERE digest = %s", (digest,))
    row = found.fetchone()
    return (Document(*row[:-1]), row[-1]) if row else None


def note_read(tx: Tx, digest: str) -> None:
    """All that it says was taken from it."""
    tx.execute(_READ, (digest,))


def validators(tx: Tx, kind: str, source: str) -> tuple[str | None, str | None]:
    """ETag and Last-Modified of the latest from there that was read: a damaged one is to come again."""
    row = tx.execute(_LATEST, (kind, source)).fetchone()
    return (row[0], row[1]) if row else (None, None)
