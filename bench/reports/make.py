"""A report in a fresh process: `python -m bench.reports.make daily_sales pdf FILE`.

Gathers from DATABASE_URL and writes the file, then prints what that took. With `--sample 10000` instead it
writes a sample with so many lines, of what is made up: how pages are written, and nothing else.
"""

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import get_args

from bench.reports.month import ACCOUNT, DAYS, FIRST, address
from bench.reports.usage import usage
from contracts.reports import ReportFormat, ReportKind
from mesh import database
from reports.documents import Report, pieces, samples
from reports.store.told import Of
from reports.usecases import gathering
from reports.usecases.gathering import Want


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reports.make", description=__doc__)
    parser.add_argument("kind", choices=get_args(ReportKind))
    parser.add_argument("format")
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, metavar="LINES")
    options = parser.parse_args()
    kind, format, lines = options.kind, options.format, options.sample
    report = _sample(kind, lines) if lines else _gathered(kind, format)
    with options.file.open("wb") as file:
        for piece in pieces(report, format):
            file.write(piece)
    print(json.dumps(usage()))


def _gathered(kind: ReportKind, format: ReportFormat) -> Report:
    of = Of(None if kind == "operations" else ACCOUNT, FIRST, FIRST + timedelta(days=DAYS - 1))
    with database.connect(os.environ["DATABASE_URL"], "bench") as tx, tx.transaction():
        return gathering.report(Want(kind, of, address(0), "EUR", format), tx)


def _sample(kind: str, lines: int) -> Report:
    if kind == "product_performance":
        return samples.many_products(lines)
    return samples.statement_of(lines // 2)  # an order and its payment, of most


if __name__ == "__main__":
    main()
