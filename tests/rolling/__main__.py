"""`make rolling`: the proof that any service can be deployed in any order, at any time."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from rolling import tables, timeline
from rolling.builds import Workshop
from rolling.fleet import How
from rolling.ground import BROKERS, Ground
from rolling.plain import rolls
from rolling.plain.rolls import PlainScenario
from rolling.results import Result, load, save
from rolling.roll import roll
from rolling.scenarios import BOTH, SCENARIOS, WEAKENED, Scenario

_TRIES = 4


def main() -> None:
    """Exit code 1 where a roll lost, doubled or misread something, or where one did not that should have."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    options = _options()
    wrong = [] if options.tables else _measure(options)
    if options.tables or options.keep or _is_whole(options):
        results = load()
        tables.write(results)
        timeline.write(results)
    for result in wrong:
        click.echo(f"wrong: {_title(result)}: {tables.line(result)}; {result.logs}")
    sys.exit(bool(wrong))


def _stop(*_: object) -> None:
    """Unwinds, and so stops all that was started."""
    sys.exit("asked to stop")


def _measure(options: argparse.Namespace) -> list[Result]:
    """Roll, say what came of it, and keep that where it is to be kept. Returns what is wrong."""
    results = {result.key: result for result in (load() if options.keep else [])}
    wrong = []
    for result in _rolled(options):
        click.echo(f"{_title(result)}: {tables.line(result)}")
        results[result.key] = result
        if options.keep or _is_whole(options):
            save(results.values())
        wrong += [result] if result.is_wrong else []
    return wrong


def _is_whole(options: argparse.Namespace) -> bool:
    return not (options.only or options.broker or options.how or options.part)


def _title(result: Result) -> str:
    kind = "" if result.mesh else "plain Celery, "
    without = f" without {' and '.join(result.without)}" if result.without else ""
    return f"{kind}{result.broker}, {result.how}, {result.scenario}{without}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rolling", description=__doc__)
    parser.add_argument("--only", action="append", help="a scenario of that name; may be given again")
    parser.add_argument("--part", action="append", choices=["mesh", "weakened", "plain"], help="of the proof")
    parser.add_argument("--broker", action="append", choices=BROKERS)
    parser.add_argument("--how", action="append", choices=BOTH, help="the signal that ends processes")
    parser.add_argument("--keep", action="store_true", help="put what is measured beside earlier results")
    parser.add_argument("--tables", action="store_true", help="write the tables anew, from what was measured")
    return parser.parse_args()


def _rolled(options: argparse.Namespace) -> Iterator[Result]:
    brokers = options.broker or BROKERS
    with tempfile.TemporaryDirectory(prefix="meshwork-builds-") as folder, Ground(brokers) as ground:
        workshop = Workshop(Path(folder))
        for broker in brokers:
            for scenario, how in _chosen(options):
                yield _rolled_until_seen(partial(roll, scenario, broker, how, ground, workshop))
            for plain in _chosen_plain(options):
                yield rolls.roll(plain, broker, ground)


def _rolled_until_seen(rolled: Callable[[], Result]) -> Result:
    """Whether a kill hits the moment that a protection is for is chance, where that is taken away; not where
    all are on: there, one roll is the last word."""
    for _ in range(_TRIES):
        result = rolled()
        if not (result.without and result.is_wrong):
            break
    return result


def _chosen(options: argparse.Namespace) -> Iterator[tuple[Scenario, How]]:
    parts = {"mesh": SCENARIOS, "weakened": WEAKENED}
    for scenario in (s for part, of in parts.items() if part in (options.part or parts) for s in of):
        if options.only is None or scenario.name in options.only:
            yield from ((scenario, how) for how in scenario.hows if how in (options.how or BOTH))


def _chosen_plain(options: argparse.Namespace) -> list[PlainScenario]:
    if "plain" not in (options.part or ["plain"]):
        return []
    return [
        s for s in rolls.SCENARIOS if s.name in (options.only or [s.name]) and s.how in (options.how or BOTH)
    ]


if __name__ == "__main__":
    main()
