"""`make fuzz-api`: schemathesis against the orders API, with all its checks, for so many cases."""

import argparse
import random
import signal
import sys
import time
from collections import Counter

import click

from fuzzing.asking import Site
from fuzzing.ground import standing

_EXAMPLES = "150"
"""For each operation, in each round: rounds of some minutes."""
_ALL = "examples,coverage,fuzzing,stateful"
_AGAIN = "fuzzing,stateful"
"""The other two ask the same each time."""


def main() -> None:
    """Exit code 1 where an answer was wrong."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    options = _options()
    started = time.monotonic()
    with standing() as (site, api):
        answers, well = _ask(site, options)
        faults = api.events("request.failed")
    _tell(answers)
    for fault in faults:
        click.echo(fault.get("exception", fault))
    verdict = "each was answered as described" if well else "some answers were wrong, see above"
    took = time.monotonic() - started
    click.echo(f"{answers.total():,} cases in {took:.0f} s from seed {options.seed}: {verdict}")
    sys.exit(not well)


def _stop(*_: object) -> None:
    """Unwinds, and so stops all that was started."""
    sys.exit("asked to stop")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzzing", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many at the least (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what to begin with")
    parser.add_argument(
        "--only", action="append", default=[], help="of operations with that tag; may be again"
    )
    return parser.parse_args()


def _ask(site: Site, options: argparse.Namespace) -> tuple[Counter[tuple[str, int]], bool]:
    """Round after round, each with another seed; the last is one that found something."""
    answers: Counter[tuple[str, int]] = Counter()
    only, well, seed = [f"--include-tag={tag}" for tag in options.only], True, options.seed
    while well and answers.total() < options.cases:
        phases = _ALL if seed == options.seed else _AGAIN
        well = site.ask("--seed", str(seed), "--max-examples", _EXAMPLES, "--phases", phases, *only)
        answers += site.answers()
        click.echo(f"{answers.total():,} cases of {options.cases:,}")
        seed += 1
    return answers, well


def _tell(answers: Counter[tuple[str, int]]) -> None:
    """How far it got: an operation that never succeeds was not tried in earnest."""
    for operation in sorted({operation for operation, _ in answers}):
        told = sorted((status, n) for (of, status), n in answers.items() if of == operation)
        click.echo(f"{operation:60} {'  '.join(f'{status}: {n}' for status, n in told)}")


if __name__ == "__main__":
    main()
