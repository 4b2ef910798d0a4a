"""The SQL of reports."""

from collections.abc import Iterable
from datetime import date

from mesh import Tx
from reports.domain import Figures

_ADD = """
    INSERT INTO sales (day, currency, orders, items, revenue) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (day, currency) DO UPDATE SET
        orders = sales.orders + excluded.orders,
        items = sales.items + excluded.items,
        revenue = sales.revenue + excluded.revenue
"""
_OF = "SELECT currency, orders, items, revenue FROM sales WHERE day = %s ORDER BY currency"


def add(tx: Tx, figures: Iterable[Figures]) -> None:
    """Add to the figures. Always in the same order: two workers must not wait for each other."""
    for f in sorted(figures):
        tx.execute(_ADD, (f.day, f.currency, f.orders, f.items, f.revenue))


def of(tx: Tx, day: date) -> list[Figures]:
    """The figures of a day, by currency."""
    rows = tx.execute(_OF, (day,))
    return [Figures(day, currency, orders, items, int(revenue)) for currency, orders, items, revenue in rows]
