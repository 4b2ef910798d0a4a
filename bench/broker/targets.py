"""What the mesh is to reach, as ratios to stock Celery's prefork pool on the same broker in the same run."""

import statistics
from collections.abc import Iterator, Mapping

from bench.broker.summary import DRAMATIQ, FASTSTREAM, STOCK, Summary
from bench.targets import Target

RATIOS: dict[str, dict[str, float]] = {
    "valkey": {"one": 8, "batch": 30, "publish": 20},
    "rabbitmq": {"one": 3.2, "batch": 4.5, "publish": 8},
}
IDLE = 2.0
"""Milliseconds, the median."""


def targets(broker: str, by_name: Mapping[str, Summary]) -> Iterator[Target]:
    """Those for which everything that they compare was measured."""
    stock = by_name.get(STOCK)
    for summary in by_name.values():
        if not summary.contestant.startswith("mesh") or stock is None:
            continue
        kind = "batch" if "batch" in summary.contestant else "one"
        yield _ratio(f"{summary.contestant}: drain", RATIOS[broker][kind], summary.drained / stock.drained)
        rival = by_name.get({"one": DRAMATIQ, "batch": FASTSTREAM}[kind])
        if rival:
            yield _ratio(
                f"{summary.contestant}: ahead of {rival.contestant}", 1, summary.drained / rival.drained
            )
        if summary.latency:
            p50 = statistics.median(summary.latency)
            yield Target(f"{summary.contestant}: idle p50", f"< {IDLE:g} ms", f"{p50:.2f} ms", p50 < IDLE)
    mesh = next((s for s in by_name.values() if s.contestant.startswith("mesh")), None)
    if mesh and stock:
        wanted = RATIOS[broker]["publish"]
        yield _ratio("mesh: publish from the outbox", wanted, mesh.published / stock.published)


def _ratio(what: str, wanted: float, found: float) -> Target:
    return Target(what, f"{wanted:g} x", f"{found:.2f} x", found >= wanted)
