"""Alembic's environment: one transaction, one migrator at a time. Run by `<service> migrate`."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

_LOCK = 4_201_337  # any number that nothing else locks: two migrators at once would both create

url = make_url(context.config.attributes["database_url"]).set(drivername="postgresql+psycopg")

with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.run_migrations()
