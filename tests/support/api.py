"""The real orders API on a socket, and a client that speaks HTTP with it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from uuid import UUID

from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDictProxy

from orders.api import application
from orders.settings import Settings


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    text: str = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def problem(self, status: int) -> Any:
        """The document of an error: every error is one, and tells nothing of our insides."""
        assert self.status == status, self.text[:300]
        assert self.headers["Content-Type"].startswith("application/problem+json")
        assert UUID(self.headers["X-Request-Id"])
        assert {"type", "title", "status"} <= set(self.json)
        assert self.json["status"] == status
        assert not [word for word in ("Traceback", "psycopg", ".py", "SQL") if word in self.text]
        return self.json


class Api:
    """One process's worth of API: its loop runs on between two requests, as it does when it is served."""

    def __init__(self, client: TestClient[Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def get(self, path: str, **how: Any) -> Answer:
        return self.request("GET", path, **how)

    def place(self, order: Any, **headers: str) -> Answer:
        body = json.dumps(order, ensure_ascii=False).encode()
        return self.request("POST", "/v1/orders", data=body, headers=headers)

    def request(self, method: str, path: str, **how: Any) -> Answer:
        return asyncio.run_coroutine_threadsafe(self._request(method, path, how), self._loop).result()

    async def _request(self, method: str, path: str, how: dict[str, Any]) -> Answer:
        async with self._client.request(method, path, **how) as response:
            return Answer(response.status, response.headers, await response.text())


@contextmanager
def served(url: str) -> Iterator[Api]:
    """The API on one database."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def start() -> TestClient[Any, Any]:
        settings = Settings(database_url=url, broker_url="streams+redis://unused")
        client = TestClient(TestServer(application(settings)))
        await client.start_server()
        return client

    client = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield Api(client, loop)
    finally:
        asyncio.run_coroutine_threadsafe(client.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
