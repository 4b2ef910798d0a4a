"""What people read of a report, laid out once for all formats that people open.

layout.py   what a page is made of        shared.py   what several kinds say alike
and a module for each kind: figures in, a page out, in the reader's words.
"""

from typing import assert_never

from reports.documents.kinds import (
    CustomerStatement,
    DailySales,
    Operations,
    ProductPerformance,
    Refunds,
    Report,
)
from reports.documents.pages import customer_statement, daily_sales, operations, product_performance, refunds
from reports.documents.pages.layout import Page
from reports.documents.readers import Reader

__all__ = ["Page", "page"]


def page(report: Report, reader: Reader) -> Page:
    """Of whatever kind it is."""
    match report:
        case DailySales():
            return daily_sales.page(report, reader)
        case ProductPerformance():
            return product_performance.page(report, reader)
        case CustomerStatement():
            return customer_statement.page(report, reader)
        case Refunds():
            return refunds.page(report, reader)
        case Operations():
            return operations.page(report, reader)
        case _:
            assert_never(report)
