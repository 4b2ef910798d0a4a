"""What a browser is told: a JSON object that its page's worker shows, in no more bytes than fit.

{"title": "…", "body": "…", "url": "…" | null, "tag": "…"}
"""

import base64
import json
import re
from bisect import bisect_right
from hashlib import sha256

ROOM = 3993
"""Bytes: 4096 that a push service has to take (RFC 8030), less 103 of encryption (RFC 8291)."""
LONGEST_TTL = 28 * 24 * 3600
"""Seconds. More is refused by some push services."""
_TOPIC = 32  # characters that its header may have
_URL = re.compile(r"(https?://|/(?!/))[^\s\\]*")


def refuse_unusable(title: str, url: str | None, tag: str | None, ttl: int) -> None:
    """Raises ValueError for what could not be shown, or not be sent, wherever it goes."""
    if not 0 <= ttl <= LONGEST_TTL:
        raise ValueError(f"ttl is {ttl}: seconds, from 0 to {LONGEST_TTL}")
    if url is not None and not _URL.fullmatch(url):
        raise ValueError("url does not begin with https://, http:// or /")
    written(title, "", url, tag or "0" * 36)


def written(title: str, body: str, url: str | None, tag: str) -> bytes:
    """The document; of a body that is too long, as much as there is room for.

    Raises ValueError where the rest leaves none.
    """
    if len(whole := _document(title, body, url, tag)) <= ROOM:
        return whole

    def size(characters: int) -> int:
        return len(_document(title, _cut(body, characters), url, tag))

    fits = bisect_right(range(len(body)), ROOM, key=size) - 1
    if fits < 0:
        raise ValueError(f"title, url and tag leave no room: together they have to fit into {ROOM} bytes")
    return _document(title, _cut(body, fits), url, tag)


def topic(tag: str) -> str:
    """By which a push service knows a later push that takes an earlier one's place, and nothing else."""
    return base64.urlsafe_b64encode(sha256(tag.encode()).digest()).decode()[:_TOPIC]


def _cut(body: str, characters: int) -> str:
    return f"{body[:characters].rstrip()}…"


def _document(title: str, body: str, url: str | None, tag: str) -> bytes:
    said = {"title": title, "body": body, "url": url, "tag": tag}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
