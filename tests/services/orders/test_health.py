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
from callers import ask
from documents import order
from programs import Start, eventually

from embedded.ports import free_port
from embedded.postgres import Postgres
from mesh import Settings
from mesh.database import connect
from mesh.health import Heartbeat
from mesh.migrate import migrate
from orders.api.health import beating
from orders.api.state import LISTENING, STOPPING


@pytest.fixture
def own_postgres(state: Path) -> Iterator[Postgres]:
    """A server that the test may stop."""
    with Postgres(Path(mkdtemp(prefix="own-postgres-", dir=state)), durable=False) as server:
        yield server


@pytest.fixture
def stoppable_url(own_postgres: Postgres) -> str:
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
    dependencies = {"database": "up", "broker": "unknown"}  # nobody tells a broker of this one
    assert api.get("/health/ready").json == {"status": "ready", "dependencies": dependencies}


def test_without_a_broker_it_is_degraded(start: Start) -> None:
    """Orders are taken all the same: they wait in the outbox."""
    port = free_port()
    start(HTTP_PORT=str(port), BROKER_URL=f"streams+redis://127.0.0.1:{free_port()}").ready()
    told = eventually(lambda: state(port) == "degraded" and ask(port, "/health/ready"), "it is noticed")
    assert told.status == 200
    assert told.json["dependencies"] == {"database": "up", "broker": "down"}


def test_without_what_counts_requests_it_is_degraded(url: str) -> None:
    with served(url, limits_url=f"redis://127.0.0.1:{free_port()}") as api:
        told = api.get("/health/ready")
    assert told.status == 200
    assert told.json["status"] == "degraded"
    assert told.json["dependencies"] == {"database": "up", "broker": "unknown", "limits": "down"}


def test_what_counts_requests_is_asked(url: str, limits_url: str) -> None:
    with served(url, limits_url=limits_url) as api:
        assert api.get("/health/ready").json["dependencies"]["limits"] == "up"


def test_with_a_broker_it_is_ready(start: Start) -> None:
    port = free_port()
    start(HTTP_PORT=str(port)).ready()
    told = ask(port, "/health/ready").json
    assert told == {"status": "ready", "dependencies": {"database": "up", "broker": "up"}}


def state(port: int) -> str:
    return str(ask(port, "/health/ready").json["status"])


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
        app[LISTENING], app[STOPPING] = asyncio.Event(), asyncio.Event()
        app[LISTENING].set()
        heartbeat = Heartbeat(tmp_path, "orders", "api", told)
        async with asynccontextmanager(beating)(heartbeat, app):
            await asyncio.sleep(0.05)  # in the middle of its first word

    asyncio.run(live())
    assert told.heard == ["ready", "ready.", "stopping", "stopping.", "end", "end."]


def test_the_database_goes_away_and_comes_back(own_postgres: Postgres, stoppable_url: str) -> None:
    with served(stoppable_url) as api:
        assert api.place(order()).status == 201
        own_postgres.stop()
        assert_unavailable(api)
        assert api.get("/health/live").status == 200
        assert api.get("/health/ready").json["dependencies"] == {"database": "down", "broker": "unknown"}
        restart(own_postgres)
        eventually(lambda: api.place(order()).status == 201, "orders are placed again", 10)
        assert api.get("/health/ready").status == 200
        assert counts(stoppable_url) == (2, 2)


def assert_unavailable(api: Api) -> None:
    """Each request is told so within seconds, and that it may come again."""
    for request in (lambda: api.place(order()), lambda: api.get("/health/ready")):
        started = time.monotonic()
        answer = request()
        assert answer.problem(503)["type"] == "/problems/unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert time.monotonic() - started < 6


def test_a_restart_of_the_database_between_requests_goes_unnoticed(
    own_postgres: Postgres, stoppable_url: str
) -> None:
    with served(stoppable_url) as api:
        assert api.place(order()).status == 201
        own_postgres.stop()
        restart(own_postgres)
        assert api.place(order()).status == 201


def test_the_api_may_start_before_its_database(own_postgres: Postgres, stoppable_url: str) -> None:
    own_postgres.stop()
    with served(stoppable_url) as api:
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
