"""Bindings as tags of queues: written by who listens, read by who sends.

A tag's value is the prefix of its mesh: a mesh without a prefix lists everybody's queues.

AWS allows an account a few requests about tags each second (five, where nobody asked for more), so both
sides ask seldom, and a sender that is refused goes on with what it knew.
"""

import time
from typing import Any

import structlog
from botocore.exceptions import ClientError

log = structlog.get_logger(__name__)

_TAG = "mesh:"

FRESH = 30.0
"""Seconds that a sender remembers who listens."""


class Bindings:
    """Who listens to what, as of at most `FRESH` seconds ago."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._read_at: float | None = None
        self._queues: dict[str, list[str]] = {}
        self._written: dict[str, set[str]] = {}

    def write(self, url: str, key: str) -> None:
        """Let a queue get what is sent under a key. Does nothing to its other tags."""
        if url not in self._written:
            self._written[url] = set(self._keys(url))
        if key not in self._written[url]:
            self._client.tag_queue(QueueUrl=url, Tags={_TAG + key: self._prefix})
            self._written[url].add(key)

    def queues(self, key: str) -> list[str]:
        """The queues that are bound for a key, as SQS names them, without the prefix."""
        if self._read_at is None or time.monotonic() - self._read_at > FRESH:
            self._refresh()
        return self._queues.get(key, [])

    def _refresh(self) -> None:
        try:
            self._queues = self._read()
        except ClientError as error:
            if self._read_at is None:
                raise
            log.warning("bindings.stale", error=str(error))
        self._read_at = time.monotonic()

    def _read(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        pages = self._client.get_paginator("list_queues").paginate(
            QueueNamePrefix=self._prefix,
            PaginationConfig={
                "PageSize": 1000
            },  # without a size SQS ends after a thousand, and does not say so
        )
        for url in (url for page in pages for url in page.get("QueueUrls", [])):
            for key in self._keys(url):
                found.setdefault(key, []).append(url.rpartition("/")[2].removeprefix(self._prefix))
        return found

    def _keys(self, url: str) -> list[str]:
        """What a queue listens to, if it is one of this mesh."""
        tags = self._client.list_queue_tags(QueueUrl=url).get("Tags", {})
        return [
            tag.removeprefix(_TAG)
            for tag, mesh in tags.items()
            if tag.startswith(_TAG) and mesh == self._prefix
        ]
