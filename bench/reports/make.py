"""A report in a fresh process: `python -m bench.reports.make daily_sales pdf FILE`.

Gathers from DATABASE_URL and writes the file, then prints what that took. With `--sample 10000` instead it
writes a sample with so many lines, of what is made up: how pages are written, and nothing else.
"""

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path

from bench.reports.month import ACCOUNT, DAYS, FIRST, address
from bench.reports.usage import usage
from mesh import database
from reports.documents import Report, pieces, samples
from reports.store.told import Of
from reports.usecases import gathering


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reports.make", description=__doc__)
    parser.add_argument("kind")
    parser.add_argument("format")
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, metavar="LINES")
    options = parser.parse_args()
    report = _sample(options.kind, options.sample) if options.sample else _gathered(options.kind)
    with options.file.open("wb") as file:
        for piece in pieces(report, options.format):
            file.write(piece)
    print(json.dumps(usage()))


def _gathered(kind: str) -> Report:
    of = Of(ACCOUNT, FIRST, FIRST + timedelta(days=DAYS - 1))
    with database.connect(os.environ["DATABASE_URL"], "bench") as tx, tx.transaction():
        match kind:
            case "daily_sales":
                return gathering.daily_sales(tx, of, "EUR")
            case "product_performance":
                return gathering.product_performance(tx, of, "EUR")
            case "refunds":
                return gathering.refunds(tx, of, "EUR")
            case "customer_statement":
                return gathering.customer_statement(tx, of, address(0))
    raise SystemExit(f"no report is called {kind}")


def _sample(kind: str, lines: int) -> Report:
    if kind == "product_performance":
        return samples.many_products(lines)
    return samples.statement_of(lines // 2)  # an order and its payment, of most


if __name__ == "__main__":
    main()
