"""The real orders API on a socket, and a client that speaks HTTP with it."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID

from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDictProxy

from orders.api import application
from orders.settings import Settings

T = TypeVar("T")


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

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def place(self, order: Any, **headers: str) -> Answer:
        return self.request("POST", "/v1/orders", data=_json(order), headers=headers)

    def place_at_once(self, *orders: Any) -> list[Answer]:
        """Place orders, none of which waits for another."""

        async def together() -> list[Answer]:
            requests = (self._request("POST", "/v1/orders", data=_json(order)) for order in orders)
            return await asyncio.gather(*requests)

        return self._run(together())

    def request(self, method: str, path: str, **how: Any) -> Answer:
        return self._run(self._request(method, path, **how))

    async def _request(self, method: str, path: str, **how: Any) -> Answer:
        async with self._client.request(method, path, **how) as response:
            return Answer(response.status, response.headers, await response.text())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


@contextmanager
def served(url: str) -> Iterator[Api]:
    """The API on one database."""
    settings = Settings(database_url=url, broker_url="streams+redis://unused")
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    async def open_client() -> TestClient[Any, Any]:
        return TestClient(TestServer(application(settings)))

    try:
        client = run(open_client())
        try:
            run(client.start_server())
            yield Api(client, loop)
        finally:
            run(client.close())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
