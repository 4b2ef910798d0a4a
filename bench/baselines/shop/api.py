"""The HTTP API. Run by `uvicorn bench.baselines.shop.api:api`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Response
from sqlalchemy import select

from bench.baselines.shop import announcing, schema
from bench.baselines.shop.access import Reader, Writer
from bench.baselines.shop.database import Reading, Session
from bench.baselines.shop.models import Order
from bench.baselines.shop.pages import Search
from contracts import uuid7

TIME_TO_PAY = timedelta(minutes=30)

api = FastAPI()


@api.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@api.post("/v1/orders", status_code=201, response_model=schema.Order)
async def place(new: schema.NewOrder, account: Writer) -> Response:
    order = made(new, account)
    async with Session() as session:
        session.add(order)
        await announcing.commit(session, order)
    return answer(shown(order), 201, {"Location": f"/v1/orders/{order.id}", "ETag": f'"{order.version}"'})


@api.get("/v1/orders", response_model=schema.Page)
async def search(search: Annotated[Search, Depends()], account: Reader) -> Response:
    async with Reading() as session:
        found = list(await session.scalars(search.statement(account)))
    orders = [shown(order) for order in found[: search.limit]]
    return answer(search.page(found, orders[::-1] if search.before else orders))


@api.get("/v1/orders/{id}", response_model=schema.Order)
async def show(id: UUID, account: Reader) -> Response:
    async with Reading() as session:
        order = await session.scalar(select(Order).where(Order.id == id, Order.account == account))
    if order is None:
        raise HTTPException(404)
    return answer(shown(order), headers={"ETag": f'"{order.version}"'})


def made(new: schema.NewOrder, account: str) -> Order:
    now = datetime.now(UTC)
    return Order(
        id=uuid7(),
        account=account,
        placed_at=now,
        expires_at=now + TIME_TO_PAY,
        email=new.customer.email,
        name=new.customer.name,
        locale=new.customer.locale,
        currency=new.currency,
        total=sum(line.quantity * line.unit_price for line in new.lines),
        refunded=0,
        status="placed",
        version=1,
        lines=[line.model_dump() for line in new.lines],
        data=new.metadata,
    )


def shown(order: Order) -> schema.Order:
    """Without a check: it comes from the database, or was checked a moment ago."""
    return schema.Order.model_construct(
        id=order.id,
        status=order.status,
        version=order.version,
        placed_at=order.placed_at,
        expires_at=order.expires_at if order.status == "placed" else None,
        changed_at=order.changed_at,
        customer=schema.ShownCustomer.model_construct(
            email=order.email, name=order.name, locale=order.locale
        ),
        currency=order.currency,
        lines=[schema.ShownLine.model_construct(**line) for line in order.lines],
        total=order.total,
        refunded=order.refunded,
        metadata=order.data,
        receipt_sent_at=order.receipt_sent_at,
    )


def answer(
    document: schema.Order | schema.Page, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Straight from the model: FastAPI would check it again."""
    return Response(document.model_dump_json(), status, headers, media_type="application/json")
