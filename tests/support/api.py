"""The real orders API on a socket, and a client that speaks HTTP with it."""

import asyncio
import json
from collections.abc import Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_network
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDictProxy

from mesh import AsyncDatabase
from mesh.database import connect
from orders import keys
from orders.api import application
from orders.api.server import Runner
from orders.delivering.deliverer import Deliverer
from orders.delivering.sender import opened
from orders.keys import Scope
from orders.settings import Settings
from orders.store import keys as key_store
from orders.targets import Targets

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

    def __init__(self, client: TestClient[Any, Any], loop: asyncio.AbstractEventLoop, url: str) -> None:
        self._client = client
        self._loop = loop
        self.url = url

    @property
    def port(self) -> int:
        return int(self._client.port or 0)

    @property
    def application(self) -> web.Application:
        assert isinstance(self._client.server, TestServer)
        return self._client.server.app

    @cached_property
    def key(self) -> str:
        """What opens it for the account `tests`; a request may say another, or none, as `Authorization`."""
        return new_key(self.url)

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, document: Any = None, **headers: str | None) -> Answer:
        body = b"" if document is None else _json(document)
        return self.request("POST", path, data=body, headers=headers)

    def place(self, order: Any, **headers: str | None) -> Answer:
        return self.request("POST", "/v1/orders", data=_json(order), headers=headers)

    def place_at_once(self, *orders: Any) -> list[Answer]:
        """Place orders, none of which waits for another."""

        async def together() -> list[Answer]:
            requests = (self._request("POST", "/v1/orders", data=_json(order)) for order in orders)
            return await asyncio.gather(*requests)

        return self.run(together())

    def request(self, method: str, path: str, **how: Any) -> Answer:
        return self.run(self._request(method, path, **how))

    async def _request(self, method: str, path: str, **how: Any) -> Answer:
        async with await self.opened(method, path, **how) as response:
            return Answer(response.status, response.headers, await response.text())

    async def opened(self, method: str, path: str, *, headers: Any = (), **how: Any) -> ClientResponse:
        """An answer that has begun."""
        own = {"Content-Type": "application/json"}
        if path.startswith("/v1"):
            own["Authorization"] = f"Bearer {self.key}"
        headers = {name: value for name, value in (own | dict(headers)).items() if value is not None}
        how["headers"], how["skip_auto_headers"] = headers, ["Content-Type"]
        return await self._client.request(method, path, **how)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def new_key(url: str, account: str = "tests", scopes: Iterable[Scope] = Scope, **rest: Any) -> str:
    """A token to the API on that database."""
    key, token = keys.make(account, "tests", scopes, datetime.now(UTC), rest.get("expires_at"))
    with connect(url, "tests") as tx:
        key_store.add(tx, key)
    return token


def stored(tx: Any) -> int:
    """How many orders and announcements of orders there are."""
    [[orders, messages]] = tx.execute("""
        SELECT (SELECT count(*) FROM orders),
               (SELECT count(*) FROM outbox WHERE name = 'orders.order_placed')
    """).fetchall()
    return int(orders + messages)


class Served(TestServer):
    """As it is served."""

    def __init__(self, app: web.Application, most: int, cancelling: bool) -> None:
        super().__init__(app)
        self._runner = Runner(app, most, handler_cancellation=cancelling)

    async def _make_runner(self, **rest: Any) -> Runner:
        return self._runner


@contextmanager
def served(url: str, *, cancelling: bool = True, **rest: Any) -> Iterator[Api]:
    """The API on one database, with a key of its own.

    `cancelling`: whether the handler of a client that went is cancelled, as in aiohttp's tests and not in its
    servers.
    """
    settings = Settings(database_url=url, broker_url="streams+redis://unused", **rest)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    async def open_client() -> TestClient[Any, Any]:
        return TestClient(Served(application(settings), settings.http_clients, cancelling))

    try:
        client = run(open_client())
        try:
            run(client.start_server())
            yield Api(client, loop, url)
        finally:
            run(client.close())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def delivering(api: Api) -> Iterator[None]:
    """Webhooks are sent, by a process's worth of what does so."""
    networks = [ip_network("127.0.0.0/8")]

    async def run() -> None:
        database = AsyncDatabase(api.url, "tests", 4)
        await database.open()
        async with opened(Targets(networks), "Meshwork/tests") as send:
            await Deliverer(database, send).run(stopping, lambda state, needs: None)
        await database.close()

    async def event() -> asyncio.Event:
        return asyncio.Event()

    async def stop() -> None:
        stopping.set()

    stopping = api.run(event())
    running = api.begin(run())
    try:
        yield
    finally:
        api.run(stop())
        running.result()
