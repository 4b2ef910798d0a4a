"""The SQL of reports."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from mesh import Tx
from reports.domain import Figures

_ADD = """
    INSERT INTO sales (day, currency, orders, items, revenue) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (day, currency) DO UPDATE SET
        orders = sales.orders + excluded.orders,
        items = sales.items + excluded.items,
        revenue = sales.revenue + excluded.revenue
"""
_ADD_TO_ACCOUNT = """
    INSERT INTO account_sales AS sales (account, day, currency, orders, items, revenue)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (account, day, currency) DO UPDATE SET
        orders = sales.orders + excluded.orders,
        items = sales.items + excluded.items,
        revenue = sales.revenue + excluded.revenue
"""
_OF = "SELECT day, currency, orders, items, revenue FROM sales WHERE day = %s ORDER BY currency"
_OF_ALL = """
    SELECT day, currency, orders, items, revenue FROM sales
    WHERE day BETWEEN %s AND %s ORDER BY day, currency
"""
_OF_ACCOUNT = """
    SELECT day, currency, orders, items, revenue FROM account_sales
    WHERE account = %s AND day BETWEEN %s AND %s ORDER BY day, currency
"""
_REVOKE = "INSERT INTO revoked_reports (report_id) VALUES (%s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM revoked_reports WHERE at < now() - interval '30 days'"
_REVOKED = "SELECT FROM revoked_reports WHERE report_id = %s"


def add(tx: Tx, figures: Iterable[Figures]) -> None:
    """Add to the figures. Always in the same order: two workers must not wait for each other."""
    for f in sorted(figures):
        tx.execute(_ADD, (f.day, f.currency, f.orders, f.items, f.revenue))


def add_to_accounts(tx: Tx, figures: Iterable[tuple[str, Figures]]) -> None:
    """The same for the figures of accounts."""
    for account, f in sorted(figures):
        tx.execute(_ADD_TO_ACCOUNT, (account, f.day, f.currency, f.orders, f.items, f.revenue))


def of(tx: Tx, day: date) -> list[Figures]:
    """The figures of a day, by currency."""
    return [_figures(*row) for row in tx.execute(_OF, (day,))]


def of_account(tx: Tx, account: str | None, first: date, last: date) -> list[Figures]:
    """The figures of an account (None: of all) on these days, both included, by day and currency."""
    if account is None:
        return [_figures(*row) for row in tx.execute(_OF_ALL, (first, last))]
    return [_figures(*row) for row in tx.execute(_OF_ACCOUNT, (account, first, last))]


def revoke(tx: Tx, report_id: UUID) -> None:
    """Remember that a report is not wanted, for longer than what asks for it can be under way."""
    tx.execute(_FORGET)
    tx.execute(_REVOKE, (report_id,))


def is_revoked(tx: Tx, report_id: UUID) -> bool:
    return tx.execute(_REVOKED, (report_id,)).fetchone() is not None


def _figures(day: date, currency: str, orders: int, items: int, revenue: Decimal) -> Figures:
    return Figures(day, currency, orders, items, int(revenue))
