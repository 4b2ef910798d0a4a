"""`make bench-reports`: from events to figures, and from figures to files, of a month of a million orders.

Steps, rebuild and files share a database: the month lands, is transformed and loaded, then rebuilt, then
reported. The broker's part has servers of its own for each round. Figures must be the sum of all events.
"""

import argparse
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import click

from bench import machine, stopping
from bench.parts import FOLDER, Part
from bench.reports import files, rebuilt, report, results, steps, worker
from bench.reports.ground import Wrong, ground, said
from bench.reports.month import Month

ORDERS = 1_000_000
"""A month's. Of any other size nothing is kept."""
FEWEST = 10_000
"""Orders through the broker, where a tenth of the month are not more: to be timed, it has to take a while."""
KEPT = 3
"""Medians of fewer rounds are shown and not kept."""
LIBRARIES = ("psycopg", "typst", "xlsxwriter", "pandas")


def main() -> None:
    """Exit code 1, and what is wrong, where figures are not the sum of what happened."""
    stopping.listen()
    options = _options()
    try:
        found = dict(_measured(options.only or list(results.KINDS), options.orders, options.rounds))
    except Wrong as error:
        sys.exit(f"wrong: {error}")
    facts = machine.facts(machine.valkey(), LIBRARIES)
    new = {name: Part(facts, options.orders, of) for name, of in found.items()}
    kept = options.orders == ORDERS and options.rounds >= KEPT
    whole = results.load() | new if kept else new
    text = report.document({name: whole[name] for name in results.KINDS if name in whole})
    click.echo(f"\n{text}")
    if kept:
        results.save(whole)
        (FOLDER / "reports.md").write_text(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.reports", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, help="of the month; others are not kept")
    parser.add_argument(
        "--rounds", type=int, default=3, help=f"of each; of fewer than {KEPT} nothing is kept"
    )
    parser.add_argument(
        "--only", action="append", choices=results.KINDS, help="this part; what is kept of others stays"
    )
    return parser.parse_args()


def _measured(parts: Collection[str], orders: int, rounds: int) -> Iterator[tuple[str, Sequence[Any]]]:
    if {"steps", "rebuild", "files"} & set(parts):
        yield from _of_figures(parts, orders, rounds)
    if "broker" in parts:
        yield "broker", [_drained(max(orders // 10, FEWEST)) for _ in range(rounds)]


def _of_figures(parts: Collection[str], orders: int, rounds: int) -> Iterator[tuple[str, Sequence[Any]]]:
    placed = steps.orders_for(orders, rounds) if "steps" in parts else orders
    month = Month(placed, orders)
    with ground() as on:
        landed = steps.filled(on, month)
        if "steps" in parts:
            yield "steps", steps.measure(on, landed, orders, rounds)
        steps.finish(on, landed, month)
        if "rebuild" in parts:
            yield "rebuild", [rebuilt.measure(on)]
        if "files" in parts:
            yield "files", files.measure(on, rounds)


def _drained(orders: int) -> worker.Drained:
    one = worker.measure(orders)
    said(f"broker: {one.rate:,.0f} events/s, {one.memory:.0f} MiB")
    return one


if __name__ == "__main__":
    main()
