"""The worker of orders: notes on timelines what others did."""

from datetime import datetime
from uuid import UUID

from bench.baselines.stock.celery_app import celery_app
from bench.baselines.stock.database import Session
from bench.baselines.stock.models import Entry

app = celery_app("orders")


@app.task(name="orders.note_receipt_sent")
def note_receipt_sent(order_id: str, sent_at: str) -> None:
    at = datetime.fromisoformat(sent_at)
    with Session.begin() as session:
        session.add(Entry(order_id=UUID(order_id), at=at, service="emails", what="receipt sent"))
