"""`make bench-api`: the orders API under load, beside what people write today.

Parts: placing, reading and listing beside two baselines; the same with one order and with millions in
the tables; the memory of a process over ten minutes. Each has fresh servers, and keeps its own results.
"""

import argparse
import time
from collections.abc import Iterable, Iterator

import click

from bench import machine, stopping
from bench.api import beside, memory, plot, report, results, sizes
from bench.api.measure import Measurement
from bench.api.results import MEMORY, SIZES
from bench.parts import FOLDER, Part, Results
from embedded.binaries import VALKEY

PARTS = tuple(results.KINDS)
LIBRARIES = (
    "aiohttp",
    "psycopg",
    "pydantic",
    "uvloop",
    "fastapi",
    "uvicorn",
    "httptools",
    "sqlalchemy",
    "asyncpg",
    "celery",
)

KEPT = 3
"""Medians of fewer rounds are shown and not kept."""


def main() -> None:
    """Exit code 1, and what is wrong, where an answer or a count was not right."""
    stopping.listen()
    options = _options()
    keep = options.rounds >= KEPT
    found: Results = results.load() if keep else {}
    for name in options.only or PARTS:
        part = Part(
            machine.facts(machine.valkey(VALKEY), LIBRARIES),
            options.orders if name == SIZES else 0,
            _measured(name, options),
        )
        found[name] = part
        if keep:
            _keep(found)
    click.echo(f"\n{report.document(found)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.api", description=__doc__)
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="a part; the others keep their results"
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help=f"of each; of fewer than {KEPT} nothing is kept"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--orders", type=int, default=10_000_000, help="in the large table")
    parser.add_argument(
        "--memory", type=float, default=600.0, metavar="SECONDS", help="that memory is watched"
    )
    return parser.parse_args()


def _measured(name: str, options: argparse.Namespace) -> list[Measurement] | list[memory.Memory]:
    click.echo(f"{name}:")
    if name == MEMORY:
        return [memory.measure(options.memory)]
    if name == SIZES:
        return [*_told(sizes.measured(options.orders, options.rounds, options.seconds))]
    return [*_told(beside.measured(name, options.rounds, options.seconds))]


def _told(measurements: Iterable[Measurement]) -> Iterator[Measurement]:
    begun = time.monotonic()
    for one in measurements:
        where = f"{one.api}: {one.what} over {one.connections}"
        click.echo(f"  {time.monotonic() - begun:4.0f} s  {where}: {one.rate:.0f}/s, p99 {one.p99:.1f} ms")
        yield one


def _keep(found: Results) -> None:
    results.save(found)
    (FOLDER / "api.md").write_text(report.document(found))
    (FOLDER / "api.svg").write_text(plot.svg(found))


if __name__ == "__main__":
    main()
