"""/v1/orders"""

from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from contracts import uuid7
from orders import store, usecases
from orders.api.keys import DATABASE, PLACING
from orders.api.problems import Problem, invalid, not_found
from orders.api.schema import Entry, NewOrder, Order, Timeline

routes = web.RouteTableDef()


@routes.post("/v1/orders")
async def place(request: web.Request) -> web.Response:
    new = _new_order(await request.read())
    order = new.place(uuid7(), datetime.now(UTC))
    await request.app[PLACING](usecases.accept(order))
    return _json(Order.of(order), status=201, Location=f"/v1/orders/{order.id}")


@routes.get("/v1/orders/{id}")
async def show(request: web.Request) -> web.Response:
    async with request.app[DATABASE].begin() as tx:
        found = await store.find(tx, _id(request))
    if not found:
        raise not_found("such order")
    return _json(Order.of(*found))


@routes.get("/v1/orders/{id}/timeline")
async def timeline(request: web.Request) -> web.Response:
    id = _id(request)
    async with request.app[DATABASE].begin() as tx:
        entries = await store.timeline(tx, id)
    if not entries:
        raise not_found("such order")
    return _json(Timeline(order_id=id, entries=[Entry.model_validate(e) for e in entries]))


def _new_order(body: bytes) -> NewOrder:
    try:
        return NewOrder.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise Problem(400, "not-json", "The body is not JSON.") from None
        raise invalid(error) from None


def _id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise not_found("such order") from None


def _json(document: Order | Timeline, status: int = 200, **headers: str) -> web.Response:
    return web.Response(
        status=status, text=document.model_dump_json(), content_type="application/json", headers=headers
    )
