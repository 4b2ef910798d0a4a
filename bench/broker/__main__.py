"""`make bench-broker`: publish, drain and idle latency on each broker, of everybody in turns.

Each broker has fresh servers. A round is one measurement of each contestant, beginning with another one
each time, so that a machine that is slow for a while is slow for all. Medians are compared.
"""

import argparse
import time
from collections.abc import Iterator

import click

from bench import machine, stopping
from bench.broker import backlog, plot, report
from bench.broker.brokers import BROKERS
from bench.broker.contestants import CONTESTANTS, Contestant
from bench.broker.ground import Ground, prepared
from bench.broker.measure import Measurement, measure
from bench.broker.results import Part, Results
from bench.parts import FOLDER

LIBRARIES = ("celery", "kombu", "amqp", "redis", "dramatiq", "pika", "faststream", "aio-pika", "psycopg")

KEPT = 5
"""Medians of fewer rounds are shown and not kept."""


def main() -> None:
    """Exit code 1, and what is wrong, where a contestant lost an order or handled one twice."""
    stopping.listen()
    options = _options()
    results = Results({}, {}) if _partly(options) else Results.load()
    for broker in [options.broker] if options.broker else BROKERS:
        with prepared(broker) as ground:
            facts = machine.facts(ground.broker.process.title.partition(" on ")[0], LIBRARIES)
            if options.backlog:
                results.renew_backlog(broker, Part(facts, [*_backlogs(ground, options)]))
            else:
                results.rounds[broker] = Part(facts, [*_rounds(ground, options)])
        if not _partly(options):
            _keep(results)
    click.echo(f"\n{report.document(results)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.broker", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of each contestant")
    parser.add_argument(
        "--orders", "--messages", type=int, help="in each round (default: two seconds' worth)"
    )
    parser.add_argument("--idle", type=int, default=30, help="orders sent one at a time, in each round")
    parser.add_argument("--broker", choices=BROKERS, help="one broker; the other keeps its results")
    parser.add_argument(
        "--only", choices=CONTESTANTS, action="append", help="some contestants: printed, not kept"
    )
    parser.add_argument(
        "--backlog",
        type=int,
        nargs="?",
        const=1_000_000,
        help="instead: how the mesh drains so many orders (default: a million); with --only, some; kept",
    )
    return parser.parse_args()


def _partly(options: argparse.Namespace) -> bool:
    """Whether the rounds are not those that results are kept of."""
    return not options.backlog and bool(options.only or options.orders or options.rounds < KEPT)


def _chosen(broker: str, options: argparse.Namespace) -> list[Contestant]:
    names = options.only or [n for n in CONTESTANTS if n.startswith("mesh") or not options.backlog]
    return [CONTESTANTS[name] for name in names if broker in CONTESTANTS[name].orders]


def _rounds(ground: Ground, options: argparse.Namespace) -> Iterator[Measurement]:
    broker = ground.broker.name
    chosen = _chosen(broker, options)
    for number in range(options.rounds):
        start = number % len(chosen)
        for contestant in [*chosen[start:], *chosen[:start]]:
            begun = time.monotonic()
            one = measure(contestant, ground, options.orders or contestant.orders[broker], options.idle)
            click.echo(
                f"{broker} {number + 1}/{options.rounds}: {_line(one)}; {time.monotonic() - begun:.0f} s"
            )
            yield one


def _line(one: Measurement) -> str:
    rate = one.drain.orders / one.drain.seconds
    return f"{one.contestant}: {one.published:.0f}/s published, {one.orders} drained at {rate:.0f}/s"


def _backlogs(ground: Ground, options: argparse.Namespace) -> Iterator[backlog.Backlog]:
    for contestant in _chosen(ground.broker.name, options):
        click.echo(f"{ground.broker.name}: {contestant.name}: {options.backlog:,} orders")
        one = backlog.measure(contestant, ground, options.backlog)
        click.echo(f"  first {one.rates[0]:.0f}/s, last {one.rates[-1]:.0f}/s, {one.spread:+.0%}")
        yield one


def _keep(results: Results) -> None:
    results.save()
    (FOLDER / "broker.md").write_text(report.document(results))
    (FOLDER / "broker.svg").write_text(plot.svg(results))


if __name__ == "__main__":
    main()
