"""What reports tell, from the figures."""

from datetime import date

from mesh import Tx
from reports.store import told
from reports.store.told import Of

FIRST, LAST = date(2026, 3, 11), date(2026, 3, 20)
SOLD = (
    # day, account, sku, orders, items, revenue, of which cancelled: items, revenue
    (date(2026, 3, 1), "tea", "T-1", 4, 9, 900, 1, 100),
    (date(2026, 3, 1), "tea", "T-9", 1, 1, 50, 0, 0),  # before, and no more
    (date(2026, 2, 28), "tea", "T-1", 7, 7, 700, 0, 0),  # longer ago than that
    (FIRST, "tea", "T-1", 2, 5, 500, 2, 200),
    (LAST, "tea", "T-1", 1, 1, 100, 0, 0),
    (LAST, "tea", "T-2", 1, 3, 1000, 0, 0),
    (LAST, "books", "T-2", 1, 1, 7, 0, 0),
)


def test_products_are_told_beside_as_many_days_before(tx: Tx) -> None:
    given_sold(tx)
    best, second = told.products(tx, Of("tea", FIRST, LAST), step=7)
    assert (best.sku, best.name, best.orders, best.items, best.revenue) == ("T-2", "Pot", 1, 3, 1000)
    assert (best.previous_items, best.previous_revenue, best.trend) == (0, 0, [0, 1000])
    assert (second.sku, second.name, second.orders, second.items, second.revenue) == ("T-1", "", 3, 4, 400)
    assert (second.previous_items, second.previous_revenue, second.trend) == (8, 800, [300, 100])


def test_of_all_accounts_products_are_added_up_and_named_as_last_seen(tx: Tx) -> None:
    given_sold(tx)
    best = told.products(tx, Of(None, FIRST, LAST), step=1)[0]
    assert (best.sku, best.name, best.orders, best.revenue) == ("T-2", "Pots", 2, 1007)
    assert best.trend == [0] * 9 + [1007]


def given_sold(tx: Tx) -> None:
    for row in SOLD:
        tx.execute("INSERT INTO days_by_product VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    tx.execute("""
        INSERT INTO products (account, sku, name, seen_at)
        VALUES ('tea', 'T-2', 'Pot', '2026-03-20Z'), ('books', 'T-2', 'Pots', '2026-03-21Z')
    """)
