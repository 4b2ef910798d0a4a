"""`make bench-emails`: receipts per second of a worker, to a mail server near and far, beside the usual task.

Rounds of the two take turns. A measurement is fresh servers, receipts that wait on the broker, and a worker;
the clock runs between the mails that the server takes, and each of them must have come, once.
"""

import argparse
import json
from dataclasses import asdict

import click

from bench import machine, stopping
from bench.emails import lanes, rendering, report
from bench.emails.measure import Measurement, measure
from bench.parts import FOLDER

LATENCIES = (0.0, 0.02, 0.2)
"""Seconds by which each reply of the mail server is late: on this host, on this continent, overseas."""
MAILS = {
    "mesh": {0.0: 3000, 0.02: 3000, 0.2: 2000},
    "usual": {0.0: 3000, 0.02: 240, 0.2: 40},
}
"""As many of both where memory decides: a child takes all that it needs after some hundred mails."""
SETTINGS = {
    "mesh": {
        0.0: {"POOL": "prefork", "CONCURRENCY": "2"},
        0.02: {"POOL": "threads", "CONCURRENCY": "32"},
        0.2: {"POOL": "threads", "CONCURRENCY": "64"},
    },
    "usual": {latency: {"CONCURRENCY": "2"} for latency in LATENCIES},
}
"""Children where sending is work, threads where it is waiting; the usual task has children alone: as many as
cores, which is Celery's default, and takes more memory with two of them than the mesh with 64 threads."""
LIBRARIES = ("celery", "kombu", "psycopg", "jinja2", "babel")
KEPT = 3
"""Medians of fewer rounds are shown and not kept."""


def main() -> None:
    """Exit code 1, and what is wrong, where a mail was lost or sent twice."""
    stopping.listen()
    options = _options()
    found = [
        _measured(who, latency, options.scale)
        for _ in range(0 if options.delays else options.rounds)
        for latency in (options.latency or LATENCIES)
        for who in MAILS
    ]
    delays = [] if options.latency else [_delayed(setup, options.seconds) for setup in lanes.SETUPS]
    facts = machine.facts(machine.valkey(), LIBRARIES)
    text = report.document(facts, found, rendering.measure(), delays)
    click.echo(f"\n{text}")
    if options.rounds >= KEPT and not options.latency and options.scale == 1:
        (FOLDER / "emails.md").write_text(text)
        told = {"receipts": [*map(asdict, found)], "delays": [*map(asdict, delays)]}
        (FOLDER / "emails.json").write_text(json.dumps(told, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.emails", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=3, help=f"of each; of fewer than {KEPT} nothing is kept"
    )
    parser.add_argument("--latency", type=float, action="append", choices=LATENCIES, help="this one alone")
    parser.add_argument("--scale", type=float, default=1.0, help="more mails, or fewer; printed, not kept")
    parser.add_argument("--seconds", type=float, default=45, help="of receipts beside a campaign")
    parser.add_argument("--delays", action="store_true", help="receipts beside a campaign alone; not kept")
    return parser.parse_args()


def _delayed(setup: str, seconds: float) -> lanes.Delays:
    one = lanes.measure(setup, seconds)
    click.echo(f"receipts, {setup}: p50 {one.p50:.0f}, p99 {one.p99:.0f} ms")
    return one


def _measured(who: str, latency: float, scale: float) -> Measurement:
    mails = int(MAILS[who][latency] * scale)
    one = measure(who, latency, mails, SETTINGS[who][latency])
    click.echo(f"{who}, {latency * 1000:.0f} ms: {one.rate:.1f} mails/s, {one.memory:.0f} MiB")
    return one


if __name__ == "__main__":
    main()
