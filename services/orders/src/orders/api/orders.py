"""/v1/orders: placed, found, and brought on their way."""

from contracts import uuid7
from mesh import AsyncTx
from orders import domain
from orders.api.conditions import etag
from orders.api.operation import Call, Operations, answered
from orders.api.state import PATIENCE, PLACING, READING
from orders.documents import (
    Cancellation,
    Entry,
    NewOrder,
    Note,
    Nothing,
    Order,
    OrderPage,
    Refund,
    Search,
    Shipment,
    Timeline,
)
from orders.store import listing, timeline
from orders.store.answers import Answer
from orders.usecases import changing, placing

api = Operations()


@api.post("/v1/orders", body=NewOrder, answer=Order, status=201, tagged=True, transaction=False)
async def place_order(call: Call[NewOrder]) -> Answer:
    """Place an order.

    It expires at `expires_at` unless it is paid until then. The customer gets a receipt by mail.
    """
    order = call.body.order(uuid7(), call.key.account).expiring(call.request.app[PATIENCE])
    answer = answered(Order.of(order), 201, Location=f"/v1/orders/{order.id}", ETag=etag(order))
    told = await call.request.app[PLACING](placing.accept(order, call.claim, answer))
    if isinstance(told, domain.Refused):
        raise told
    return told


@api.get("/v1/orders", query=Search, answer=OrderPage)
async def list_orders(call: Call[Search], tx: AsyncTx) -> Answer:
    """List orders, the newest first.

    All that is asked for holds for each of them. `older` and `newer` lead to the next pages, and orders that
    are placed meanwhile shift nothing.
    """
    page = await listing.page(tx, call.body.query(call.key.account))
    return answered(OrderPage.of(page, call.request.rel_url))


@api.get("/v1/orders/{id}", answer=Order, tagged=True, transaction=False)
async def get_order(call: Call[None]) -> Answer:
    """Read an order."""
    target = call.target
    order = await call.request.app[READING]((target.account, target.id))
    if not order:
        raise domain.Unknown("order")
    return _shown(order)


@api.get("/v1/orders/{id}/timeline", answer=Timeline)
async def get_timeline(call: Call[None], tx: AsyncTx) -> Answer:
    """Read what was done for an order, and when.

    Each change, and what other services did for it: mails, figures.
    """
    target = call.target
    entries = await timeline.of(tx, target.account, target.id)
    if not entries:
        raise domain.Unknown("order")
    return answered(Timeline(order_id=target.id, entries=list(map(Entry.model_validate, entries))))


@api.change("/v1/orders/{id}/pay", body=Nothing, answer=Order)
async def pay_order(call: Call[Nothing], tx: AsyncTx) -> Answer:
    """Mark an order as paid.

    It does not expire any more.
    """
    return _shown(await changing.pay(call.target, tx))


@api.change("/v1/orders/{id}/ship", body=Shipment, answer=Order)
async def ship_order(call: Call[Shipment], tx: AsyncTx) -> Answer:
    """Mark an order as shipped.

    It must have been paid. The customer is told by mail.
    """
    parcel = call.body
    return _shown(await changing.ship(call.target, tx, carrier=parcel.carrier, tracking=parcel.tracking))


@api.change("/v1/orders/{id}/deliver", body=Nothing, answer=Order)
async def deliver_order(call: Call[Nothing], tx: AsyncTx) -> Answer:
    """Mark an order as delivered."""
    return _shown(await changing.deliver(call.target, tx))


@api.change("/v1/orders/{id}/cancel", body=Cancellation, answer=Order)
async def cancel_order(call: Call[Cancellation], tx: AsyncTx) -> Answer:
    """Call off an order that is not paid.

    One that is paid is refunded instead.
    """
    return _shown(await changing.cancel(call.target, tx, reason=call.body.reason))


@api.change("/v1/orders/{id}/refunds", body=Refund, answer=Order)
async def refund_order(call: Call[Refund], tx: AsyncTx) -> Answer:
    """Give back what was paid, or a part of it.

    With all of it given back the order is `refunded`; after a part it stays what it was.
    """
    wanted = call.body
    return _shown(await changing.refund(call.target, tx, amount=wanted.amount, reason=wanted.reason))


@api.change("/v1/orders/{id}/notes", body=Note, answer=Order)
async def add_note(call: Call[Note], tx: AsyncTx) -> Answer:
    """Add a note to an order.

    It becomes a line of the timeline, and is mailed to the customer where it is for them.
    """
    written = call.body
    return _shown(await changing.note(call.target, tx, text=written.text, for_customer=written.for_customer))


def _shown(order: domain.Order) -> Answer:
    return answered(Order.of(order), ETag=etag(order))
