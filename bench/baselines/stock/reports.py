"""The worker of reports: adds each sale to the figures of its day, and notes it, in one transaction."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Insert, insert

from bench.baselines.stock.celery_app import celery_app
from bench.baselines.stock.database import Session
from bench.baselines.stock.models import Entry, Sales

app = celery_app("reports")


@app.task(name="reports.record_sale")
def record_sale(order_id: str, day: str, currency: str, items: int, revenue: int) -> None:
    with Session.begin() as session:
        session.execute(
            _added(day=date.fromisoformat(day), currency=currency, orders=1, items=items, revenue=revenue)
        )
        noted = {"at": datetime.now(UTC), "service": "reports", "what": "sale recorded"}
        session.add(Entry(order_id=UUID(order_id), **noted))


def _added(**figures: Any) -> Insert:
    new = insert(Sales).values(figures)
    sums = {name: getattr(Sales, name) + new.excluded[name] for name in ("orders", "items", "revenue")}
    return new.on_conflict_do_update(index_elements=["day", "currency"], set_=sums)
