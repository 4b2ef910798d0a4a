"""From figures to what a report tells."""

from collections.abc import Sequence
from datetime import UTC, date
from itertools import groupby

from mesh import Reject, Tx
from reports.documents import CustomerStatement, DailySales, ProductPerformance, Refunds
from reports.documents.kinds import Account, Entry, Sales
from reports.store import told
from reports.store.told import Of

_BEST = 10
"""Products that the daily sales show."""
_WEEKS = 45
"""Days, beyond which a trend goes by weeks."""


def daily_sales(tx: Tx, of: Of, currency: str) -> DailySales:
    sales = Sales(
        currency,
        told.days(tx, of),
        told.hours(tx, of),
        told.total(tx, of.before),
        told.best_products(tx, of, _BEST),
        told.countries(tx, of),
        told.unconverted(tx, of),
    )
    return DailySales(of.first, of.last, told.by_currency(tx, of), sales)


def product_performance(tx: Tx, of: Of, currency: str) -> ProductPerformance:
    step = 1 if (of.last - of.first).days < _WEEKS else 7
    products = told.products(tx, of, step)
    return ProductPerformance(of.first, of.last, currency, products, told.unconverted(tx, of))


def refunds(tx: Tx, of: Of, currency: str) -> Refunds:
    sold, before = told.total(tx, of), told.total(tx, of.before)
    return Refunds(
        of.first,
        of.last,
        currency,
        told.refunds(tx, of),
        sold.orders if sold else 0,
        sold.revenue if sold else 0,
        before.refunds if before else None,
        before.refunded if before else None,
        told.unconverted_refunds(tx, of),
    )


def customer_statement(tx: Tx, of: Of, email: str | None) -> CustomerStatement:
    """Raises Reject for who never ordered anything, and for nobody."""
    if email is None:
        raise Reject("a statement is somebody's: it has to say which customer's")
    found = told.customer(tx, of.account, email)
    if found is None:
        raise Reject("no customer has this address: nothing was ever ordered with it")
    ids, customer = found
    entries = sorted(told.entries(tx, ids, of.last), key=lambda each: each[0])
    accounts = [
        _account(currency, [entry for _, entry in all], of.first)
        for currency, all in groupby(entries, key=lambda each: each[0])
    ]
    return CustomerStatement(of.first, of.last, customer, accounts)


def _account(currency: str, entries: Sequence[Entry], first: date) -> Account:
    before = [e for e in entries if e.at.astimezone(UTC).date() < first]
    opening = sum(e.charged - e.paid for e in before)
    return Account(currency, opening, entries[len(before) :])
