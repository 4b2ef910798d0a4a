"""Sales by day and currency, as the figures have them."""

from datetime import date
from decimal import Decimal

from mesh import Tx
from reports.domain import Figures

_OF = """
    SELECT day, currency, sum(orders)::bigint, sum(items), sum(amount) FROM days
    WHERE day = %s GROUP BY day, currency HAVING sum(orders) > 0 ORDER BY currency
"""
_OF_ACCOUNT = """
    SELECT day, currency, orders, items, amount FROM days
    WHERE account = %s AND day BETWEEN %s AND %s AND orders > 0 ORDER BY day, currency
"""


def of(tx: Tx, day: date) -> list[Figures]:
    """Those of a day, of all accounts, by currency."""
    return [_figures(*row) for row in tx.execute(_OF, (day,))]


def of_account(tx: Tx, account: str, first: date, last: date) -> list[Figures]:
    """Those of an account on these days, both of them included, by day and currency."""
    return [_figures(*row) for row in tx.execute(_OF_ACCOUNT, (account, first, last))]


def _figures(day: date, currency: str, orders: int, items: Decimal, amount: Decimal) -> Figures:
    return Figures(day, currency, orders, int(items), int(amount))
