"""The relay: rows of the outbox to Celery, in order. Run by `python -m bench.baselines.shop.relay`."""

import os
import signal
import time

from sqlalchemy import Connection, create_engine, delete, select

from bench.baselines.shop.celery_app import celery_app
from bench.baselines.shop.models import Outgoing

BATCH = 100
PAUSE = 0.05
"""Seconds between two looks at an empty outbox."""

_TAKE = (
    select(Outgoing.id, Outgoing.task, Outgoing.arguments)
    .order_by(Outgoing.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    celery = celery_app()
    engine = create_engine(
        os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"), pool_size=1
    )

    def move(connection: Connection) -> int:
        """Send a batch, then forget it. A crash in between sends it twice."""
        rows = connection.execute(_TAKE).all()
        with celery.producer_or_acquire() as producer:
            for row in rows:
                celery.send_task(row.task, kwargs=row.arguments, producer=producer)
        if rows:
            connection.execute(delete(Outgoing).where(Outgoing.id.in_([row.id for row in rows])))
        return len(rows)

    while True:
        with engine.begin() as connection:
            moved = move(connection)
        if moved < BATCH:
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
