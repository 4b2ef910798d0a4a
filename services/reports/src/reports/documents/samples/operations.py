"""A month of the mesh, with a day on which the mail server was away."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from statistics import median_high

from reports.documents.kinds import DayFlow, Death, Flow, Line, Operations, QueueFlow
from reports.documents.samples.shop import DAYS, FIRST, LAST

_QUEUES = {
    "orders": (("orders.v1", 58_000, 900), ("orders", 900, 2_400)),
    "emails": (("emails.v1", 51_000, 14_000), ("emails.v1.bulk", 24_000, 21_000)),
    "reports": (("reports.v1", 29_500, 1_100),),
}
"""Messages in a month, and microseconds that half of them take at the most."""


def operations() -> Operations:
    chance = Random(9)
    lines = [line for day in DAYS for line in _lines(day, chance)]
    days = [DayFlow(day, _sum([line.flow for line in lines if line.day == day])) for day in DAYS]
    queues = [
        QueueFlow(service, queue, _sum([line.flow for line in lines if line.queue == queue]))
        for service, found in _QUEUES.items()
        for queue, *_ in found
    ]
    return Operations(
        FIRST,
        LAST,
        total=_sum([line.flow for line in lines]),
        previous=Flow(151_300, 690, 19, 5_100, 41_000),
        days=days,
        queues=queues,
        lines=lines,
        deaths=_deaths(sum(line.flow.dead for line in lines)),
    )


def _lines(day: date, chance: Random) -> Iterator[Line]:
    for service, queues in _QUEUES.items():
        for queue, month, half in queues:
            handled = round(month / 31 * chance.uniform(0.7, 1.3) * (1.3 if day.weekday() >= 5 else 1))
            away = service == "emails" and day == date(2026, 3, 12)  # the mail server
            retried = handled // 3 if away else chance.randrange(handled // 250 + 1)
            dead = chance.choice((0, 0, 0, 0, 0, 1)) + (2 if away else 0)
            p50 = round(half * chance.uniform(0.85, 1.2))
            yield Line(
                day, service, queue, Flow(handled, retried, dead, p50, round(p50 * chance.uniform(2, 5)))
            )


def _sum(flows: Sequence[Flow]) -> Flow:
    """The times only as they could be."""
    handled = sum(flow.handled for flow in flows)
    most = sorted(flow.p95 or 0 for flow in flows)
    return Flow(
        handled,
        sum(flow.retried for flow in flows),
        sum(flow.dead for flow in flows),
        median_high(flow.p50 or 0 for flow in flows),
        most[len(most) * 9 // 10],
    )


def _deaths(letters: int) -> list[Death]:
    parts = (letters * 6 // 10, letters * 9 // 10, letters)
    said = (
        ("emails", "orders.order_placed", "exhausted"),
        ("reports", "reports.make_report", "rejected"),
        ("orders", "emails.email_sent", "unknown"),
    )
    return [
        Death(*each, after - before)
        for each, (before, after) in zip(said, pairwise((0, *parts)), strict=True)
    ]
