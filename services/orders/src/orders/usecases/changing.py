"""Bringing an order further: its new state, the event that tells the mesh, and a line in its timeline.

Each raises domain.Unknown where the account has no such order, and another Refused where it cannot be done.
"""

from datetime import UTC, datetime

from contracts.orders import (
    Changed,
    OrderCancelled,
    OrderDelivered,
    OrderNoted,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
)
from mesh import AsyncTx, outbox
from orders.domain import Action, Entry, Order, Target, Unknown
from orders.store import events, orders, timeline
from orders.usecases.expiring import warrant_id
from orders.usecases.telling import changed, facts


async def pay(target: Target, tx: AsyncTx) -> Order:
    order = (await _locked(target, tx)).after(Action.PAY, _now())
    await outbox.withdraw(tx, warrant_id(order.id))
    return await _keep(order, OrderPaid(**facts(order)), "order paid", tx)


async def ship(target: Target, tx: AsyncTx, *, carrier: str | None, tracking: str | None) -> Order:
    order = (await _locked(target, tx)).after(Action.SHIP, _now())
    event = OrderShipped(**facts(order), carrier=carrier, tracking=tracking)
    return await _keep(order, event, "order shipped", tx)


async def deliver(target: Target, tx: AsyncTx) -> Order:
    order = (await _locked(target, tx)).after(Action.DELIVER, _now())
    return await _keep(order, OrderDelivered(**facts(order)), "order delivered", tx)


async def cancel(target: Target, tx: AsyncTx, *, reason: str | None) -> Order:
    order = (await _locked(target, tx)).after(Action.CANCEL, _now())
    await outbox.withdraw(tx, warrant_id(order.id))
    return await _keep(order, OrderCancelled(**facts(order), reason=reason), "order cancelled", tx)


async def refund(target: Target, tx: AsyncTx, *, amount: int | None, reason: str | None) -> Order:
    """`amount` in minor units; None: all that is left."""
    before = await _locked(target, tx)
    order = before.after_refund(amount, _now())
    this_time = order.refunded - before.refunded
    event = OrderRefunded(**facts(order), amount=this_time, refunded=order.refunded, reason=reason)
    return await _keep(order, event, f"{this_time} refunded", tx)


async def note(target: Target, tx: AsyncTx, *, text: str, for_customer: bool) -> Order:
    order = (await _locked(target, tx)).noted(_now())
    event = OrderNoted(**facts(order), note=text, for_customer=for_customer)
    return await _keep(order, event, f"noted: {text}", tx)


async def _locked(target: Target, tx: AsyncTx) -> Order:
    order = await orders.lock(tx, target.account, target.id)
    if order is None:
        raise Unknown("order")
    target.refuse_other(order.version)
    return order


async def _keep(order: Order, event: Changed, what: str, tx: AsyncTx) -> Order:
    await orders.change(tx, order)
    await timeline.add(tx, Entry(order.id, event.at, "orders", what))
    await events.add(tx, changed(order, event))
    await outbox.put(tx, event)
    return order


def _now() -> datetime:
    return datetime.now(UTC)
