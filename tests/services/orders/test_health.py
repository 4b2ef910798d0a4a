"""What the API says when its database is away, half there, or back."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from aiohttp import web
from api import Api, served
from documents import order
from programs import eventually

from embedded.postgres import Postgres
from mesh import Settings
from mesh.database import connect
from mesh.health import Heartbeat
from mesh.migrate import migrate
from orders.api.health import beating
from orders.api.state import LISTENING


@pytest.fixture
def own_postgres(state: Path) -> Iterator[Postgres]:
    """A server that the test may stop."""
    with Postgres(Path(mkdtemp(prefix="own-postgres-", dir=state)), durable=False) as server:
        yield server


@pytest.fixture
def own_url(own_postgres: Postgres) -> str:
    own_postgres.create_database("orders")
    url = own_postgres.url("orders")
    migrate("orders.migrations", Settings(database_url=url, broker_url="streams+redis://unused"))
    return url


def restart(server: Postgres) -> None:
    server.start()
    server.wait_until_ready()


_COUNTS = """
    SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM outbox WHERE name = 'orders.order_placed')
"""


def counts(url: str) -> tuple[int, int]:
    with connect(url, "tests") as tx:
        [row] = tx.execute(_COUNTS).fetchall()
    return row[0], row[1]


def test_all_is_well(api: Any) -> None:
    assert api.get("/health/live").json == {"status": "alive"}
    assert api.get("/health/ready").json == {"status": "ready"}


class SlowToTell:
    """Somebody who is told that it lives, and to whom each word takes a while."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def renew(self, state: str, needs: str) -> None:
        self._hear(state)

    def end(self) -> None:
        self._hear("end")

    def _hear(self, word: str) -> None:
        self.heard.append(word)
        time.sleep(0.2)
        self.heard.append(f"{word}.")


def test_its_last_word_is_the_last(tmp_path: Path) -> None:
    told = SlowToTell()

    async def live() -> None:
        app = web.Application()
        app[LISTENING] = asyncio.Event()
        app[LISTENING].set()
        heartbeat = Heartbeat(tmp_path, "orders", "api", told)
        async with asynccontextmanager(beating)(heartbeat, app):
            await asyncio.sleep(0.05)  # in the middle of its first word

    asyncio.run(live())
    assert told.heard == ["ready", "ready.", "stopping", "stopping.", "end", "end."]


def test_the_database_goes_away_and_comes_back(own_postgres: Postgres, own_url: str) -> None:
    with served(own_url) as api:
        assert api.place(order()).status == 201
        own_postgres.stop()
        assert_unavailable(api)
        assert api.get("/health/live").status == 200
        restart(own_postgres)
        eventually(lambda: api.place(order()).status == 201, "orders are placed again", 10)
        assert api.get("/health/ready").status == 200
        assert counts(own_url) == (2, 2)


def assert_unavailable(api: Api) -> None:
    """Each request is told so within seconds, and that it may come again."""
    for request in (lambda: api.place(order()), lambda: api.get("/health/ready")):
        started = time.monotonic()
        answer = request()
        answer.problem(503)
        assert int(answer.headers["Retry-After"]) > 0
        assert time.monotonic() - started < 6


def test_a_restart_of_the_database_between_requests_goes_unnoticed(
    own_postgres: Postgres, own_url: str
) -> None:
    with served(own_url) as api:
        assert api.place(order()).status == 201
        own_postgres.stop()
        restart(own_postgres)
        assert api.place(order()).status == 201


def test_the_api_may_start_before_its_database(own_postgres: Postgres, own_url: str) -> None:
    own_postgres.stop()
    with served(own_url) as api:
        assert api.get("/health/live").status == 200
        restart(own_postgres)
        eventually(lambda: api.get("/health/ready").status == 200, "it is ready", 10)


def test_a_fault_of_ours_is_a_problem_too(new_database: Callable[[str], str]) -> None:
    url = new_database("orders.migrations")
    with connect(url, "tests") as tx:
        tx.execute("DROP TABLE timeline")
    with served(url) as api:
        placed = api.place(order())
        problem = api.get(placed.headers["Location"]).problem(500)
    assert problem["title"] == "This is our fault. It is logged under the request's id."
