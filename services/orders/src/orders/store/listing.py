"""Pages of orders, the newest first: read from an index that is in that order, however many there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from mesh import AsyncTx
from orders.domain import Order, Status
from orders.store.orders import COLUMNS, order_of

_PAIR = """
    (SELECT true FROM order_metadata p WHERE (p.account, p.name, p.value) = {pair} AND p.order_id = o.id)
"""  # looked up for each order: as a join, it might be the one that is walked through
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Query:
    """Which orders of one account; all that is said holds for each of them."""

    account: str
    limit: int
    after: UUID | None = None
    """Those that come after this one in the list, which are older."""
    before: UUID | None = None
    """Those that come before it: the ones next to it."""
    statuses: tuple[Status, ...] = ()
    """Any of them; none: any at all."""
    email: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Placed at that time or later; before that time."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    orders: list[Order]
    """The newest first."""
    newer: bool
    older: bool
    """Whether there are more, on that side."""


async def page(tx: AsyncTx, query: Query) -> Page:
    """One page. Stable: orders that come meanwhile shift nothing."""
    backwards = query.before is not None
    statement, values = _statement(query, backwards)
    rows = await (await tx.execute(statement, values)).fetchall()
    more, orders = len(rows) > query.limit, [order_of(row) for row in rows[: query.limit]]
    if backwards:
        return Page(orders[::-1], newer=more, older=True)
    return Page(orders, newer=query.after is not None, older=more)


def _statement(query: Query, backwards: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"account": query.account}
    conditions = ["o.account = %(account)s"]
    for condition, name, value in _conditions(query):
        conditions.append(condition)
        values[name] = value
    tables, key, order = "orders o", "o.id", "ASC" if backwards else "DESC"
    for number, (name, value) in enumerate(sorted(query.metadata.items())):
        values |= {f"name{number}": name, f"value{number}": value}
        pair = f"(%(account)s, %(name{number})s, %(value{number})s)"
        if number == 0 and query.email is None:
            tables, key = "order_metadata m JOIN orders o ON o.id = m.order_id", "m.order_id"
            conditions.append(f"(m.account, m.name, m.value) = {pair}")
        else:
            conditions.append(_PAIR.format(pair=pair))
    where = " AND ".join(conditions).replace("o.id", key)
    # The limit is no parameter: a plan that does not know it is one for a tenth of the table.
    page = f"ORDER BY {key} {order} LIMIT {query.limit + 1}"
    return f"SELECT {COLUMNS} FROM {tables} WHERE {where} {page}", values


def _conditions(query: Query) -> Iterator[tuple[str, str, Any]]:
    if query.after:
        yield "o.id < %(after)s", "after", query.after
    if query.before:
        yield "o.id > %(before)s", "before", query.before
    if query.since:
        yield "o.id >= %(since)s", "since", _first_of(query.since)
    if query.until:
        yield "o.id < %(until)s", "until", _first_of(query.until)
    if len(query.statuses) == 1:  # then an index has them in order
        yield "o.status = %(status)s", "status", query.statuses[0]
    elif query.statuses:
        yield "o.status = ANY(%(statuses)s)", "statuses", list(query.statuses)
    if query.email is not None:
        yield "o.email = %(email)s", "email", query.email


def _first_of(at: datetime) -> UUID:
    """No order that was placed at that time or later has a smaller id."""
    milliseconds = -((_EPOCH - at) // timedelta(milliseconds=1))
    return UUID(int=max(milliseconds, 0) << 80)
