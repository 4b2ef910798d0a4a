"""The daily sales by a script as people write it in an hour: `python -m bench.reports.usual csv FILE`.

It reads the facts of the month with pandas, groups them, and writes what pandas writes: the same numbers as
`daily_sales`, with no charts, no words in the reader's language, and no PDF.
"""

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine, text

from bench.reports.month import ACCOUNT, DAYS, FIRST
from bench.reports.usage import usage

_DAYS = "WHERE account = :account AND day BETWEEN :first AND :last"
_ORDERS = "SELECT day, placed_at, country, currency, items, total, revenue, cancelled_at FROM orders"
_LINES = """
    SELECT sku, quantity, line.revenue FROM orders,
        unnest(skus, quantities, revenues) AS line (sku, quantity, revenue)
"""
_REFUNDS = "SELECT day, revenue FROM refunds"
_BEST = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reports.usual", description=__doc__)
    parser.add_argument("format", choices=("csv", "xlsx"))
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    orders = _read(_ORDERS)
    by_currency = orders.groupby(["day", "currency"], as_index=False).agg(
        orders=("day", "size"), items=("items", "sum"), revenue=("total", "sum")
    )
    if options.format == "csv":
        by_currency.to_csv(options.file, index=False, lineterminator="\r\n")
    else:
        _workbook(options.file, by_currency, orders)
    print(json.dumps(usage()))


def _workbook(file: Path, by_currency: pd.DataFrame, orders: pd.DataFrame) -> None:
    orders["hour"] = orders["placed_at"].dt.hour
    days = orders.groupby("day").agg(
        orders=("day", "size"), items=("items", "sum"), revenue=("revenue", "sum")
    )
    cancelled = orders[orders["cancelled_at"].notna()].groupby("day")
    days["cancelled"], days["cancelled_revenue"] = cancelled.size(), cancelled["revenue"].sum()
    refunds = _read(_REFUNDS).groupby("day")
    days["refunds"], days["refunded"] = refunds.size(), refunds["revenue"].sum()
    hours = orders.groupby(["day", "hour"]).agg(orders=("day", "size"), revenue=("revenue", "sum"))
    countries = orders.groupby("country").agg(orders=("day", "size"), revenue=("revenue", "sum"))
    lines = _read(_LINES).groupby("sku").agg(items=("quantity", "sum"), revenue=("revenue", "sum"))
    sheets = {
        "Days": days,
        "Hours": hours,
        "Countries": countries,
        "Products": lines.nlargest(_BEST, "revenue"),
        "Currencies": by_currency.set_index(["day", "currency"]),
    }
    with pd.ExcelWriter(file, engine="xlsxwriter") as workbook:
        for name, table in sheets.items():
            table.to_excel(workbook, sheet_name=name)


def _read(statement: str) -> pd.DataFrame:
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    wanted = {"account": ACCOUNT, "first": FIRST, "last": FIRST + timedelta(days=DAYS - 1)}
    with create_engine(url).connect() as connection:
        found = pd.read_sql(text(f"{statement} {_DAYS}"), connection, params=wanted)
    for column in found.columns.intersection(["items", "total", "revenue", "quantity"]):
        found[column] = found[column].astype(
            "int64"
        )  # they come as Decimals, which pandas adds up one by one
    return found


if __name__ == "__main__":
    main()
