"""The figures of the five kinds of reports: frozen, typed, and as integers. Days and hours are UTC's."""

from reports.documents.kinds.amounts import Money, Totals, Unconverted
from reports.documents.kinds.customer_statement import Account, Customer, CustomerStatement, Entry
from reports.documents.kinds.daily_sales import BestProduct, Country, DailySales, Day, Hour, Paid, Sales
from reports.documents.kinds.operations import DayFlow, Death, Flow, Line, Operations, QueueFlow
from reports.documents.kinds.product_performance import Product, ProductPerformance
from reports.documents.kinds.refunds import Reason, Refund, RefundDay, Refunds

__all__ = [
    "Account",
    "BestProduct",
    "Country",
    "Customer",
    "CustomerStatement",
    "DailySales",
    "Day",
    "DayFlow",
    "Death",
    "Entry",
    "Flow",
    "Hour",
    "Line",
    "Money",
    "Operations",
    "Paid",
    "Product",
    "ProductPerformance",
    "QueueFlow",
    "Reason",
    "Refund",
    "RefundDay",
    "Refunds",
    "Report",
    "Sales",
    "Totals",
    "Unconverted",
]

Report = DailySales | ProductPerformance | CustomerStatement | Refunds | Operations
