"""Reconcile: the orders of a day as the orders service has them, beside the facts.

What is missing here lands as the messages that did not come, and goes their way; what no message mends is
told. Figures that are not what the facts add up to are made again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import structlog

from contracts import Envelope, Message, Producer, contract_of
from contracts.orders import (
    Customer,
    Line,
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from contracts.reports import RecountDay
from mesh import Effect, Tx, context, outbox
from reports.sources import orders_api
from reports.sources.orders_api import Order, Shop
from reports.store import figures, reconciled
from reports.store.landing import Landing
from reports.store.reconciled import Back, Difference, Ours
from reports.usecases.landing import keep, landing_of

log = structlog.get_logger(__name__)

SETTLED = timedelta(minutes=10)
"""What changed since may be on its way here, and is left alone."""
_OURS = UUID("0b7c2a94-7b0e-5b0f-8a53-52f2f0f9f0c7")  # the namespace of ids: never to be changed
_STEPS: dict[str, tuple[tuple[str, Callable[..., Message]], ...]] = {
    "paid": (("paid", OrderPaid),),
    "shipped": (("paid", OrderPaid), ("shipped", partial(OrderShipped, carrier=None, tracking=None))),
    "delivered": (
        ("paid", OrderPaid),
        ("shipped", partial(OrderShipped, carrier=None, tracking=None)),
        ("delivered", OrderDelivered),
    ),
    "refunded": (("paid", OrderPaid),),
    "cancelled": (("cancelled", partial(OrderCancelled, reason=None)),),
    "expired": (("cancelled", OrderExpired),),
}
"""By status: what has happened to such an order, by what facts call it, and the message that says so."""
_FRESH = Ours("", "", 0, paid=False, shipped=False, delivered=False, cancelled=False)


class Placed(NamedTuple):
    """All orders of a day, as they are there."""

    orders: Sequence[Order]
    asked_at: datetime


def reconcile(day: date | None, shops: Sequence[Shop]) -> Effect[Placed] | None:
    """The orders of a UTC day; None: yesterday's. Nothing, where no shop is named."""
    if not shops:
        log.info("orders.not_reconciled", reason="ORDERS_KEYS names no account")
        return None
    wanted = day or datetime.now(UTC).date() - timedelta(1)
    return Effect(perform=partial(placed, wanted, shops), then=partial(_settle, wanted, shops))


def placed(day: date, shops: Sequence[Shop]) -> Placed:
    """Raises SourceAway and SourceUnfit."""
    since, now = datetime.combine(day, time(), UTC), datetime.now(UTC)
    return Placed(orders_api.placed(shops, since, since + timedelta(1)), now)


def compare(tx: Tx, day: date, accounts: Sequence[str], found: Placed) -> list[Difference]:
    """Land what is missing here, and keep what differed. Returns that."""
    before = found.asked_at - SETTLED
    ours = reconciled.ours(tx, day, accounts, before)
    given_back = reconciled.refunded(tx, [order.id for order in found.orders])
    landings: list[Landing] = []
    differences: list[Difference] = []
    for order in found.orders:
        mine = ours.pop(order.id, None)
        if (order.changed_at or order.placed_at) <= before:
            back = given_back.get(order.id, Back())
            missing = list(_missing(order, mine, back))
            landings += [_landing(order, message) for message in missing]
            differences += _told(day, order, mine, back, missing)
    differences += [Difference(day, o.account, id, "unknown there", landed=False) for id, o in ours.items()]
    if landings:
        keep(tx, landings)
    reconciled.note(tx, day, accounts, differences)
    return differences


def recheck(tx: Tx, day: date) -> bool:
    """Have the figures of a UTC day made again, if they are not what its facts add up to. Returns that."""
    strayed = figures.strayed(tx, day)
    if strayed:
        log.warning("figures.strayed", day=str(day))
        outbox.put(tx, RecountDay(day=day))
    return strayed


def _settle(day: date, shops: Sequence[Shop], tx: Tx, found: Placed) -> None:
    differences = compare(tx, day, [shop.account for shop in shops], found)
    landed = sum(each.landed for each in differences)
    log.info(
        "orders.reconciled", day=str(day), orders=len(found.orders), differ=len(differences), landed=landed
    )
    recheck(tx, day)


def _missing(order: Order, mine: Ours | None, back: Back) -> Iterator[Any]:
    """The messages that did not come."""
    known = _known(order)
    at = order.changed_at or order.placed_at
    if mine is None:
        lines = tuple(Line(**line.model_dump()) for line in order.lines)
        yield OrderPlaced(**known, placed_at=order.placed_at, lines=lines)
    mine = mine or _FRESH
    for called, message in _STEPS.get(order.status, ()):
        if not getattr(mine, called):
            yield message(**known, at=at)
    if order.refunded > back.said:
        amount = order.refunded - back.said
        yield OrderRefunded(**known, at=at, amount=amount, refunded=order.refunded, reason=None)


def _known(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "account": order.account,
        "customer": Customer(**order.customer.model_dump()),
        "currency": order.currency,
        "total": order.total,
    }


def _landing(order: Order, message: Any) -> Landing:
    """Its id follows from the order's version: found again, it is the same."""
    name = contract_of(type(message)).name
    producer = Producer(service="reconcile", build=context.producer().build)
    id = uuid5(_OURS, f"{order.id}/{order.version}/{name}")
    envelope = Envelope.around(message, producer, id=id)
    return landing_of(message, envelope, envelope.model_dump_json())


def _told(
    day: date, order: Order, mine: Ours | None, back: Back, missing: Sequence[Message]
) -> Iterator[Difference]:
    tell = partial(Difference, day, order.account, order.id)
    if missing:
        names = ", ".join(contract_of(type(each)).name.partition(".")[2] for each in missing)
        yield tell(f"missing here: {names}", landed=True)
    known = back.known + max(0, order.refunded - back.said)  # with what has just landed
    if known != order.refunded:  # a part that never came, or one that came besides
        yield tell(f"refunded {order.refunded} there, {known} here", landed=False)
    if mine is None:
        return
    there = (order.account, order.currency, order.total)
    if there != mine[:3]:
        yield tell(f"{' '.join(map(str, there))} there, {' '.join(map(str, mine[:3]))} here", landed=False)
    if mine.cancelled and order.status not in ("cancelled", "expired"):
        yield tell(f"{order.status} there, cancelled here", landed=False)
