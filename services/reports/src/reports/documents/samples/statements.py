"""A customer's month, and that of one who orders without end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from reports.documents.kinds import Account, Customer, CustomerStatement, Entry
from reports.documents.samples.shop import FIRST, LAST


def customer_statement() -> CustomerStatement:
    return statement_of(14)


def statement_of(orders: int) -> CustomerStatement:
    """Of a customer with so many orders in a month."""
    chance = Random(orders)
    start = datetime(2026, 3, 1, 8, 12, tzinfo=UTC)
    step = timedelta(days=30) / orders
    entries = [
        entry for number in range(orders) for entry in _entries(start + number * step, step, number, chance)
    ]
    account = Account("EUR", 4_590, sorted(entries, key=lambda entry: entry.at))
    customer = Customer("c-20417", "Teehaus am Markt, Ada Lovelace", "ada@example.com")
    return CustomerStatement(FIRST, LAST, customer, [account])


def _entries(at: datetime, step: timedelta, number: int, chance: Random) -> Iterator[Entry]:
    order, total = f"{0xA62F_DA0D_58B0 + number * 7919:012X}", chance.randrange(1_900, 42_000)
    yield Entry(at, "order", order, charged=total)
    if number % 11 == 6:
        yield Entry(at + step * 0.3, "cancellation", order, charged=-total)
        return
    if number % 14 == 13:
        return  # not paid yet
    yield Entry(at + step * 0.4, "payment", order, paid=total)
    if number % 5 == 3:
        back = total // 3
        yield Entry(at + step * 0.9, "refund", order, charged=-back, paid=-back)
