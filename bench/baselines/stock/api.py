"""The HTTP API. Run by `uvicorn bench.baselines.stock.api:api`."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Response
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.baselines.stock import schema
from bench.baselines.stock.celery_app import celery_app
from bench.baselines.stock.models import Order

api = FastAPI()
celery = celery_app("api")
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    pool_size=8,  # as the mesh's API
    max_overflow=0,
)
Session = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


@api.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@api.post("/v1/orders", status_code=201)
async def place(
    new: schema.NewOrder, response: Response, session: Annotated[AsyncSession, Depends(session)]
) -> schema.Order:
    order = Order(
        placed_at=datetime.now(UTC),
        email=new.customer.email,
        name=new.customer.name,
        locale=new.customer.locale,
        currency=new.currency,
        total=sum(line.quantity * line.unit_price for line in new.lines),
        lines=[line.model_dump() for line in new.lines],
    )
    session.add(order)
    await session.commit()
    send_tasks(order)
    response.headers["Location"] = f"/v1/orders/{order.id}"
    return schema.Order(id=order.id, placed_at=order.placed_at, total=order.total, **dict(new))


def send_tasks(order: Order) -> None:
    """Blocks the loop for a millisecond, as is usual: a thread for it costs more than that."""
    celery.send_task("emails.send_receipt", kwargs={"order_id": str(order.id)})
    sale = {
        "order_id": str(order.id),
        "day": str(order.placed_at.date()),
        "currency": order.currency,
        "items": sum(line["quantity"] for line in order.lines),
        "revenue": order.total,
    }
    celery.send_task("reports.record_sale", kwargs=sale)
