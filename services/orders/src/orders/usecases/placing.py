"""Taking orders, many in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts import Envelope
from contracts.orders import Line, OrderPlaced
from mesh import AsyncTx, outbox
from orders.domain import Order, Refused
from orders.store import answers, events, orders
from orders.store.answers import Answer, Claim, OtherRequest
from orders.usecases import telling
from orders.usecases.expiring import warrant


@dataclass(frozen=True, slots=True)
class Placement:
    """An order, the news of it, and what is said to the client who may ask again."""

    order: Order
    announcement: Envelope
    warrant: Envelope
    """That lets it expire."""
    claim: Claim | None
    answer: Answer


def accept(order: Order, claim: Claim | None, answer: Answer) -> Placement:
    """What is to be stored and sent for an order, within the story of the request that asked for it."""
    return Placement(order, outbox.seal(announced(order)), warrant(order), claim, answer)


async def place(
    placements: Sequence[Placement], tx: AsyncTx, *, patience: timedelta
) -> list[Answer | Refused]:
    """Store orders and announce them: all of it, or nothing. Returns for each what is to be said.

    That is another answer than the placement's own, or a refusal, where its key was used before.
    `patience`: the time to pay an order, which `expires_at` tells the client.
    """
    told = await answers.prior(tx, {p.claim for p in placements if p.claim})
    new = [p for p in placements if p.claim is None or _is_first(p, p.claim, told)]
    if new:
        await orders.add(tx, *(p.order for p in new))
        await events.add(tx, *(telling.placed(p.order) for p in new))
        await outbox.put(tx, *(p.announcement for p in new))
        await outbox.put(tx, *(p.warrant for p in new), after=patience)
        await answers.keep(tx, {p.claim: p.answer for p in new if p.claim})
    return [told[p.claim] if p.claim else p.answer for p in placements]


def _is_first(placement: Placement, claim: Claim, told: dict[Claim, Answer | Refused]) -> bool:
    """Whether nobody has asked with its key yet; and from now on somebody has."""
    if claim in told:
        return False
    others = any((c.account, c.key) == (claim.account, claim.key) for c in told)
    told[claim] = OtherRequest("This key was used for another request.") if others else placement.answer
    return not others


def announced(order: Order) -> OrderPlaced:
    """The news of a new order."""
    return OrderPlaced(
        order_id=order.id,
        account=order.account,
        placed_at=order.placed_at,
        customer=telling.customer(order),
        currency=order.currency,
        lines=tuple(
            Line(sku=x.sku, name=x.name, quantity=x.quantity, unit_price=x.unit_price) for x in order.lines
        ),
        total=order.total,
    )
