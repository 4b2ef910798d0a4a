"""Orders of a month, and what is announced of them, in envelopes as services send them, in order of time.

Half of the events are placed orders, which cost the figures most. Nine orders in ten are paid, six in a
hundred of those paid back in part; the others are cancelled, or expire. One shop, on which all
figures of a day are the same few rows: more shops get less into each other's way.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

from contracts import contract_of
from contracts.orders import OrderCancelled, OrderExpired, OrderPaid, OrderPlaced, OrderRefunded

FIRST = date(2026, 3, 1)
DAYS = 30
"""In which as many orders are placed as are asked for; those beyond them fall into the days that follow."""
ACCOUNT = "bench"
PRODUCTS = 1000
RATES = {"USD": Decimal("1.0823"), "GBP": Decimal("0.8531")}
_PLACED, _PAID, _CANCELLED, _EXPIRED, _REFUNDED = (
    contract_of(kind).name for kind in (OrderPlaced, OrderPaid, OrderCancelled, OrderExpired, OrderRefunded)
)
_COUNTRIES = (("DE", "EUR"), ("FR", "EUR"), ("AT", "EUR"), ("FI", "EUR"), ("US", "USD"), ("GB", "GBP"))
_START = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
_REASONS = ("Arrived broken", "Changed my mind", "Wrong article", "Came too late")


class Event(NamedTuple):
    """One message about an order, as it arrives."""

    at: datetime
    id: UUID
    name: str
    order_id: UUID
    envelope: str
    """JSON."""


class Order(NamedTuple):
    """What its events have in common."""

    id: UUID
    at: datetime
    customer: str
    currency: str
    lines: str
    """The last three in JSON, or a part of it."""
    items: int
    total: int


class Month:
    """So many orders, of a shop that has `each_month` in a month and a tenth as many customers."""

    def __init__(self, orders: int, each_month: int) -> None:
        self.orders, self.each_month = orders, each_month
        self.customers = max(1, each_month // 10)
        self.counted: Counter[tuple[date, str, str]] = Counter()
        """What the figures must say of all events: by day, currency (the customer's) and measure."""
        self._chance = Random(7)
        self._products = [_product(number) for number in range(PRODUCTS)]

    def events(self) -> Iterator[Event]:
        """All that is announced of them, in order of time."""
        later: list[Event] = []
        step = timedelta(days=DAYS) / self.each_month
        for number in range(self.orders):
            order = self._order(_START + step * number)
            while later and later[0].at <= order.at:
                yield heapq.heappop(later)
            yield self._placed(order)
            for event in self._after(order):
                heapq.heappush(later, event)
        yield from sorted(later)

    def _order(self, at: datetime) -> Order:
        chance = self._chance
        customer = int(chance.random() * self.customers)
        country, currency = _COUNTRIES[customer % len(_COUNTRIES)]
        lines, items, total = [], 0, 0
        for _ in range(1 + int(chance.random() * 5)):  # three on average
            line, price = self._products[int(chance.random() ** 2 * PRODUCTS)]
            quantity = 1 + int(chance.random() * 3)
            lines.append(f'{line}, "quantity": {quantity}}}')
            items, total = items + quantity, total + quantity * price
        said = f'{{"email": "{address(customer)}", "name": "Customer {customer}", "locale": "en", '
        said += f'"country": "{country}"}}'
        self._add(at, currency, orders=1, items=items, amount=total)
        return Order(_id(at, chance), at, said, currency, ", ".join(lines), items, total)

    def _add(self, at: datetime, currency: str, **measures: int) -> None:
        for name, value in measures.items():
            self.counted[at.date(), currency, name] += value

    def _placed(self, order: Order) -> Event:
        data = f'"placed_at": "{order.at.isoformat()}", "lines": [{order.lines}]'
        return self._event(_PLACED, order, order.at, data)

    def _after(self, order: Order) -> Iterator[Event]:
        chance = self._chance.random()
        if chance < 0.9:
            yield self._changed(_PAID, order, timedelta(minutes=5))
            if chance < 0.054:
                yield self._refunded(order)
            return
        self._add(order.at, order.currency, cancelled=1, cancelled_amount=order.total)
        if chance < 0.97:
            yield self._changed(_CANCELLED, order, timedelta(hours=3), ', "reason": null')
        else:
            yield self._changed(_EXPIRED, order, timedelta(days=1))

    def _changed(self, name: str, order: Order, within: timedelta, more: str = "") -> Event:
        at = order.at + within * self._chance.random()
        return self._event(name, order, at, f'"at": "{at.isoformat()}"{more}')

    def _refunded(self, order: Order) -> Event:
        amount = order.total // 2
        at = order.at + timedelta(days=10) * self._chance.random()
        self._add(at, order.currency, refunds=1, refunded_amount=amount)
        reason = _REASONS[amount % len(_REASONS)]
        more = f'"at": "{at.isoformat()}", "amount": {amount}, "refunded": {amount}, "reason": "{reason}"'
        return self._event(_REFUNDED, order, at, more)

    def _event(self, name: str, order: Order, at: datetime, data: str) -> Event:
        id, sent = _id(at, self._chance), at.isoformat()
        head = f'"id": "{id}", "name": "{name}", "version": 1, "sent_at": "{sent}", '
        head += '"producer": {"service": "orders", "build": "0"}, '
        head += f'"correlation_id": "{order.id}", "causation_id": null, "traceparent": null'
        same = f'"order_id": "{order.id}", "account": "{ACCOUNT}", "customer": {order.customer}, '
        same += f'"currency": "{order.currency}", "total": {order.total}'
        return Event(at, id, name, order.id, f'{{{head}, "data": {{{same}, {data}}}}}')


def address(customer: int) -> str:
    """Of the customer with that number."""
    return f"c{customer}@example.com"


def _product(number: int) -> tuple[str, int]:
    """The beginning of its line, and its price."""
    price = 290 + number * 37 % 9000
    line = f'{{"sku": "SKU-{number:04}", "name": "Tea of garden {number}, 100 g", "unit_price": {price}'
    return line, price


def _id(at: datetime, chance: Random) -> UUID:
    """As `contracts.uuid7` makes them, of that moment."""
    head = int(at.timestamp() * 1000) << 16 | 0x7000 | chance.getrandbits(12)
    return UUID(int=head << 64 | 0b10 << 62 | chance.getrandbits(62))
