"""Orders and what becomes of them, made up; and what they add up to, counted one by one, in fractions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import md5
from math import floor
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from messages import about

from contracts import Message
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
from mesh import Tx

FIRST = datetime(2026, 3, 27, 21, tzinfo=UTC)
RATES = {
    date(2026, 3, 27): {"USD": Decimal("1.0823"), "JPY": Decimal("161.37"), "KWD": Decimal("0.33219")},
    date(2026, 3, 30): {"USD": Decimal("1.0799"), "JPY": Decimal("162.05")},
}
"""Published on a Friday and on the Monday after it; the dinar only once, and no rate of the rouble at all."""
DIGITS = {"JPY": 0, "KWD": 3}
TABLES = {
    "days": ("day", "account", "currency"),
    "hours": ("hour", "account", "currency"),
    "days_by_country": ("day", "account", "country"),
    "days_by_customer": ("day", "account", "customer"),
    "days_by_product": ("day", "account", "sku"),
}
"""Those of figures, and their keys."""

_HOURLY = ("orders", "items", "revenue", "unconverted")

Figures = dict[tuple[Any, ...], Counter[str]]


class Story(NamedTuple):
    """All that is announced of one order."""

    placed: OrderPlaced
    after: list[Any]

    @property
    def cancelled(self) -> bool:
        return any(isinstance(event, (OrderCancelled, OrderExpired)) for event in self.after)

    @property
    def messages(self) -> list[Message]:
        return [self.placed, *self.after]


_moments = st.integers(0, 120 * 3600 * 10).map(lambda tenths: FIRST + timedelta(seconds=tenths / 10))
_customers = st.builds(
    Customer,
    email=st.sampled_from(["ada@example.com", "Ada@Example.com", "grace@example.com"]),
    name=st.sampled_from(["Ada", "Grace", "Анна"]),
    locale=st.just("en"),
    country=st.sampled_from([None, "DE", "FR"]),
)
_lines = st.builds(
    Line,
    sku=st.sampled_from(["T-1", "T-2", "Ч-1"]),
    name=st.sampled_from(["Tea", "Чай"]),
    quantity=st.integers(1, 9),
    unit_price=st.integers(0, 10**6) | st.just(10**17),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    lines = tuple(draw(st.lists(_lines, min_size=1, max_size=3)))
    placed = OrderPlaced(
        order_id=draw(st.uuids()),
        account=draw(st.sampled_from([None, "tea", "books"])),
        placed_at=draw(_moments),
        customer=draw(_customers),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY", "KWD", "RUB"])),
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in lines),
    )
    return Story(placed, list(_after(draw, placed)))


def _after(draw: st.DrawFn, placed: OrderPlaced) -> Iterable[Message]:
    known = about(placed)
    way = draw(st.sampled_from(["placed", "cancelled", "expired", "paid", "delivered", "refunded"]))
    at = draw(_moments)
    if way == "cancelled":
        yield OrderCancelled(**known, at=at, reason=None)
    elif way == "expired":
        yield OrderExpired(**known, at=at)
    elif way != "placed":
        yield OrderPaid(**known, at=at)
    if way == "delivered":
        yield OrderShipped(**known, at=at, carrier=None, tracking=None)
        yield OrderDelivered(**known, at=at)
    if way == "refunded":
        refunded = 0
        for amount in draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=3)):
            refunded += amount
            yield OrderRefunded(**known, at=draw(_moments), amount=amount, refunded=refunded, reason=None)


def in_tables(tx: Tx) -> dict[str, Figures]:
    """What the tables of figures hold, by table; without what is 0."""
    return {table: dict(_rows(tx, table, keys)) for table, keys in TABLES.items()}


def _rows(tx: Tx, table: str, keys: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], Counter[str]]]:
    cursor = tx.execute(f"SELECT * FROM {table}")
    names = [column.name for column in cursor.description or ()]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        key = tuple(row.pop(name) for name in keys)
        yield tuple(k.astimezone(UTC) if isinstance(k, datetime) else k for k in key), +Counter(row)


def wanted(stories: Sequence[Story], rates: Any = RATES) -> dict[str, Figures]:
    """What they have to hold."""
    found = added_up(stories, rates)
    return {table: {key: +counts for key, counts in found[table].items()} for table in TABLES}


def added_up(stories: Sequence[Story], rates: Any = RATES) -> dict[str, Figures]:
    """What the orders add up to, by table of figures."""
    found: dict[str, Figures] = defaultdict(lambda: defaultdict(Counter))
    for story in stories:
        _add_order(found, story, rates)
        for event in story.after:
            if isinstance(event, OrderRefunded):
                _add_refund(found, event, rates)
    return found


def _add_order(found: dict[str, Figures], story: Story, rates: Any) -> None:
    placed = story.placed
    day, off = placed.placed_at.date(), int(story.cancelled)
    revenue = converted(placed.total, placed.currency, day, rates)
    items = sum(line.quantity for line in placed.lines)
    counts = Counter(
        orders=1,
        items=items,
        revenue=revenue or 0,
        unconverted=int(revenue is None),
        amount=placed.total,
        cancelled=off,
        cancelled_revenue=off * (revenue or 0),
        cancelled_amount=off * placed.total,
    )
    _spread(found, placed, placed.placed_at, counts)
    for line in placed.lines if revenue is not None else ():
        sold = converted(line.quantity * line.unit_price, placed.currency, day, rates) or 0
        found["days_by_product"][day, placed.account or "", line.sku].update(
            orders=1,
            items=line.quantity,
            revenue=sold,
            cancelled_items=off * line.quantity,
            cancelled_revenue=off * sold,
        )


def _add_refund(found: dict[str, Figures], event: OrderRefunded, rates: Any) -> None:
    revenue = converted(event.amount, event.currency, event.at.date(), rates)
    counts = Counter(
        refunds=1,
        refunded_revenue=revenue or 0,
        refunded_amount=event.amount,
        unconverted=int(revenue is None),
    )
    _spread(found, event, event.at, counts)


def _spread(found: dict[str, Figures], event: Any, at: datetime, counts: Counter[str]) -> None:
    day, account = at.date(), event.account or ""
    hour = at.replace(minute=0, second=0, microsecond=0)
    found["days"][day, account, event.currency].update(counts)
    found["hours"][hour, account, event.currency].update({what: counts[what] for what in _HOURLY})
    if not counts["unconverted"]:
        converted = {what: counts[what] for what in counts if not what.endswith("amount")}
        found["days_by_country"][day, account, event.customer.country or ""].update(converted)
        found["days_by_customer"][day, account, customer(event)].update(converted)


def customer(event: Any) -> UUID:
    return UUID(md5(f"{event.account or ''}\n{event.customer.email.lower()}".encode()).hexdigest())


def converted(amount: int, currency: str, day: date, rates: Any) -> int | None:
    """In cents of the euro, by the rate of the latest day in a week."""
    if currency == "EUR":
        return amount
    published = [
        rates[d][currency] for d in sorted(rates) if currency in rates[d] and 0 <= (day - d).days <= 7
    ]
    if not published:
        return None
    euros = Fraction(amount, 10 ** DIGITS.get(currency, 2)) / Fraction(published[-1])
    return floor(euros * 100 + Fraction(1, 2))
