"""`make bench-flow`: orders through the whole mesh per second, beside the same flow as people write it today.

Rounds of the two take turns, so that a machine that is slow for a while is slow for both. A round is fresh
servers, so many orders, and the time until the last effect of the last order; what it must have done is
checked after each.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from bench import latency, machine, report, rounds, stopping
from bench.flows import FLOWS
from bench.latency import Latency
from bench.parts import FOLDER, facts
from bench.rounds import Round

ORDERS = {"mesh": 4000, "stock": 1500}
"""A round of each then lasts about ten seconds on two cores."""


def main() -> None:
    """Exit code 1, and what is wrong, where a flow lost, doubled or miscounted something."""
    stopping.listen()
    options = _options()
    names = [options.only] if options.only else list(FLOWS)
    measured = [_round(name, options) for _ in range(options.rounds) for name in names]
    idle = [latency.measure(name, options.idle) for name in names] if options.idle else []
    text = _text(machine.facts(), measured, idle)
    click.echo(f"\n{text}")
    if set(names) == set(FLOWS) and not options.profile:
        _keep(text, measured, idle)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.flow", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each flow")
    parser.add_argument("--orders", type=int, help=f"in each round (default: {ORDERS})")
    parser.add_argument("--connections", type=int, default=16, help="orders in flight at a time")
    parser.add_argument("--idle", type=int, default=200, help="orders for the idle latency; 0 leaves it out")
    parser.add_argument("--only", choices=FLOWS, help="one flow; results are then printed and not kept")
    parser.add_argument("--profile", metavar="NAME", help="such as «orders api»: cProfile of its main thread")
    return parser.parse_args()


def _round(name: str, options: argparse.Namespace) -> Round:
    one = rounds.measure(name, options.orders or ORDERS[name], options.connections, options.profile)
    click.echo(f"{name}: {one.orders} orders in {one.seconds:.1f} s, {one.rate:.0f}/s")
    return one


def _text(of: dict[str, str], measured: Sequence[Round], idle: Sequence[Latency]) -> str:
    """Markdown."""
    parts = [
        "# Orders through the whole flow",
        facts(of),
        report.summary(measured),
        report.comparison(measured),
        *(report.cpu(name, rounds) for name, rounds in report.by_flow(measured).items()),
        report.latencies(idle) if idle else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _keep(text: str, measured: Sequence[Round], idle: Sequence[Latency]) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "flow.md").write_text(text)
    document = {"machine": machine.facts(), "rounds": [*map(asdict, measured)], "idle": [*map(asdict, idle)]}
    (FOLDER / "flow.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
