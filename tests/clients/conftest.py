"""The real orders API, a network before it that can fail, and both kinds of client."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import pytest
from api import Api, served
from links import LINK_KEY, VAPID_KEY
from proxy import Proxy
from tables import emptied

from mesh.database import Tx
from meshwork_client import AsyncMeshwork, Meshwork, Retries

SOON = Retries(attempts=4, first=0.01)

New = Callable[..., Any]


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="session")
def api(url: str) -> Iterator[Api]:
    with served(url, link_keys=[LINK_KEY], vapid_public_key=VAPID_KEY) as api:
        yield api


@pytest.fixture
def tx(url: str) -> Iterator[Tx]:
    with emptied(url) as tx:
        yield tx


@pytest.fixture
def network(api: Api) -> Iterator[Proxy]:
    with Proxy(f"http://127.0.0.1:{api.port}") as proxy:
        yield proxy


class Waiting:
    """An AsyncMeshwork that is used like a Meshwork: so each test is for both."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncMeshwork(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return lambda *arguments, **named: self._run(method(*arguments, **named))

    def close(self) -> None:
        self._run(self._client.close())
        self._runner.close()

    def _run(self, found: Any) -> Any:
        return self._each(found) if inspect.isasyncgen(found) else self._runner.run(found)

    def _each(self, found: AsyncGenerator[Any]) -> Iterator[Any]:
        async def following() -> Any:
            return await anext(found, self)

        while (each := self._runner.run(following())) is not self:
            yield each


@pytest.fixture(params=[Meshwork, Waiting])
def new(request: pytest.FixtureRequest, api: Api, tx: Tx, network: Proxy) -> Iterator[New]:
    """Makes a client, with what is said instead of the usual."""
    made = []

    def make(url: str = network.url, key: str = api.key, retries: Retries = SOON, **more: Any) -> Any:
        made.append(request.param(url, key, retries=retries, **more))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(new: New) -> Any:
    return new()
