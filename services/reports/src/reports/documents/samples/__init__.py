"""A report of each kind, of a month as a shop of teas could have it: for previews, pictures and tests.

Made of numbers that look like chance and are the same each time.
"""

from collections.abc import Callable

from reports.documents.kinds import Report
from reports.documents.samples.operations import operations
from reports.documents.samples.products import many_products, product_performance
from reports.documents.samples.refunds import refunds
from reports.documents.samples.sales import daily_sales
from reports.documents.samples.statements import customer_statement, statement_of

__all__ = [
    "SAMPLES",
    "customer_statement",
    "daily_sales",
    "many_products",
    "operations",
    "product_performance",
    "refunds",
    "statement_of",
]

SAMPLES: dict[str, Callable[[], Report]] = {
    "daily_sales": daily_sales,
    "product_performance": product_performance,
    "customer_statement": customer_statement,
    "refunds": refunds,
    "operations": operations,
}
"""One of each kind, by which `reports preview` knows it."""
