"""A client of the real API that follows events."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from api import Api
from programs import eventually


@dataclass(frozen=True)
class Told:
    """One event as it came."""

    id: str
    type: str
    document: Any


class Stream:
    def __init__(self, api: Api, response: ClientResponse) -> None:
        self._api = api
        self.response = response
        self.began = ""
        """The position that it was told to begin with."""

    def next(self, count: int) -> list[Told]:
        """So many events, as soon as they have come. Raises EOFError at the end."""
        return self._api.run(self._next(count))

    def block(self) -> dict[str, str]:
        """The fields of what comes next; none: it is a heartbeat."""
        return self._api.run(self._block())

    async def _next(self, count: int) -> list[Told]:
        found: list[Told] = []
        while len(found) < count:
            block = await self._block()
            if "data" in block:
                found.append(Told(block["id"], block["event"], json.loads(block["data"])))
        return found

    async def _block(self) -> dict[str, str]:
        text = (await self.response.content.readuntil(b"\n\n")).decode()
        if not text:
            raise EOFError("the stream has ended")
        return dict(line.split(": ", 1) for line in text.split("\n") if line and line != ":")


def settled(tx: Any) -> None:
    """Wait until a stream that begins tells of nothing that was before: no older transaction is open anywhere
    on the server, as another test's may be."""
    behind = "SELECT FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"
    eventually(lambda: not tx.execute(behind).fetchall(), "all events are settled")


@contextmanager
def following(api: Api, path: str, **headers: str) -> Iterator[Stream]:
    """Follow there, from the moment on at which the stream has begun."""
    response = api.run(api.opened("GET", path, headers=headers))
    try:
        assert response.status == 200, api.run(response.text())
        assert response.headers["Content-Type"] == "text/event-stream"
        stream = Stream(api, response)
        first = stream.block()
        assert first["retry"] == "1000"
        stream.began = first["id"]
        yield stream
    finally:
        api.run(_closed(response))


async def _closed(response: ClientResponse) -> None:
    response.close()
