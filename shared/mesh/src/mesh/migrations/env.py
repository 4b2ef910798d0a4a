"""Alembic's environment: one migrator at a time, each migration in a transaction. For `<service> migrate`."""

import time

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

_LOCK = 4_201_337  # any number that nothing else locks: two migrators at once would both create
_PAUSE = 0.1  # seconds


def _wait_for_turn(connection: Connection) -> None:
    """Asks again and again: who waits in a statement has a snapshot, which an index that is built beside
    everybody else's work would wait for in its turn."""
    held = text("SELECT pg_try_advisory_lock(:lock)")
    while not connection.execute(held, {"lock": _LOCK}).scalar():
        time.sleep(_PAUSE)


url = make_url(context.config.attributes["database_url"]).set(drivername="postgresql+psycopg")
engine = create_engine(url, poolclass=NullPool)

with (
    engine.connect().execution_options(isolation_level="AUTOCOMMIT") as turn,
    engine.connect() as connection,
):
    _wait_for_turn(turn)
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
