"""`orders migrate` on a database that is at work."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
import pytest
from programs import eventually

from embedded.postgres import Postgres
from orders.store import deliveries

_NUMBERS = count(1)
_OLD = "INSERT INTO orders (id, placed_at, email, name, locale, currency, total, lines)"
_ONE = f"{_OLD} VALUES (gen_random_uuid(), now(), 'a@b.example', 'Ada', 'en', 'EUR', 1, '[]')"


_CODE = """
import os, sys
from alembic import command
from mesh.migrate import _config
config = _config("orders.migrations")
config.attributes["database_url"] = os.environ["DATABASE_URL"]
command.upgrade(config, sys.argv[1])
"""


def migrating(url: str, to: str = "heads") -> subprocess.Popen[str]:
    """A process that does it: alembic's own is one at a time."""
    environment = os.environ | {"DATABASE_URL": url}
    return subprocess.Popen([sys.executable, "-c", _CODE, to], env=environment, text=True)


@pytest.fixture
def before(postgres: Postgres) -> str:
    """A database as the build before left it, with an order in it."""
    postgres.create_database(name := f"migrated_{next(_NUMBERS)}")
    url = postgres.url(name)
    assert migrating(url, "orders_0001").wait(60) == 0
    with psycopg.connect(url) as connection:
        connection.execute(_ONE)
    return url


def indexes(connection: Any) -> set[str]:
    """Those of orders that can be used."""
    found = connection.execute("""
        SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'orders'::regclass AND indisvalid
    """)
    return {row[0] for row in found}


def test_orders_are_placed_while_indexes_are_built(before: str) -> None:
    with psycopg.connect(before, autocommit=True) as other, psycopg.connect(before, autocommit=True) as api:
        assert migrating(before, "orders_0002").wait(60) == 0
        with other.transaction():
            other.execute(_ONE)  # an index waits for what was begun before it
            migration = migrating(before)
            eventually(lambda: "orders_account" in names(api), "it is being built")
            api.execute("SET statement_timeout = '5s'")
            for _ in range(3):
                api.execute(_ONE)
            assert migration.poll() is None
        assert migration.wait(60) == 0
        assert indexes(api) >= {"orders_account", "orders_status", "orders_email"}
        rows = api.execute("SELECT DISTINCT account, status, version FROM orders").fetchall()
        assert rows == [("default", "placed", 1)]


def names(connection: Any) -> set[str]:
    return {
        row[0] for row in connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'orders'")
    }


def test_what_was_half_built_is_built_anew(before: str) -> None:
    with psycopg.connect(before, autocommit=True) as other, psycopg.connect(before, autocommit=True) as api:
        assert migrating(before, "orders_0002").wait(60) == 0
        with other.transaction():
            other.execute(_ONE)
            migration = migrating(before)
            eventually(lambda: "orders_account" in names(api), "it is being built")
            migration.kill()
            migration.wait(60)
            backend = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%'"
            )
            api.execute(backend)
        assert "orders_account" not in indexes(api)
        assert migrating(before).wait(60) == 0
        assert "orders_account" in indexes(api)


def test_many_migrators_at_once_are_harmless(before: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: migrating(before).wait(120), range(4))) == [0] * 4


def test_messages_are_handled_while_the_inbox_gets_another_index(before: str) -> None:
    enter = "INSERT INTO inbox (message_id, name) VALUES (gen_random_uuid(), 'emails.email_sent')"
    there = "SELECT indexname FROM pg_indexes WHERE tablename = 'inbox' AND indexname LIKE 'inbox_b%'"
    with (
        psycopg.connect(before, autocommit=True) as other,
        psycopg.connect(before, autocommit=True) as worker,
    ):
        assert migrating(before, "mesh_0004").wait(60) == 0
        with other.transaction():
            other.execute(enter)
            migration = migrating(before)
            eventually(lambda: ("inbox_begun_at",) in worker.execute(there).fetchall(), "it is being built")
            worker.execute("SET statement_timeout = '5s'")
            worker.execute(enter)
            assert migration.poll() is None
        assert migration.wait(60) == 0
        assert worker.execute(there).fetchall() == [("inbox_begun_at",)]


def test_a_build_before_removes_webhooks_as_it_did(before: str) -> None:
    """The deliveries that its database deleted for it are left to the chores of the next."""
    assert migrating(before).wait(60) == 0
    with psycopg.connect(before, autocommit=True) as api:
        api.execute("""
            INSERT INTO endpoints (id, account, url, types, secret, created_at, xid, seq)
            VALUES (gen_random_uuid(), 'tests', 'http://127.0.0.1/', '{}', 'whsec_', now(), '1', 1);
            INSERT INTO deliveries (id, endpoint_id, event_id, type, body)
            SELECT gen_random_uuid(), id, 'event', 'order.placed', '{}' FROM endpoints
        """)
        assert api.execute("DELETE FROM endpoints WHERE account = 'tests' RETURNING 1").fetchall() == [(1,)]
        assert api.execute(deliveries.FORGET_REMOVED, (10,)).fetchall() == [(1,)]
        assert api.execute(deliveries.FORGET_REMOVED, (10,)).fetchall() == [(0,)]
