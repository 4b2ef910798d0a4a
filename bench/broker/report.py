"""What was measured, for people."""

import statistics
from collections.abc import Iterator, Mapping, Sequence

from bench.broker.backlog import STEP, Backlog
from bench.broker.contestants import CONTESTANTS
from bench.broker.results import Part, Results
from bench.broker.summary import FLOOR, SOLO, STOCK, Summary, summaries
from bench.broker.targets import targets
from bench.medians import percentiles
from bench.parts import facts
from bench.report import Row, table
from bench.targets import shown

DASH = "-"
"""Where there is nothing to say."""


def document(results: Results) -> str:
    """Markdown, of all that is kept."""
    parts = [
        "# The mesh on its brokers, beside what it stands on and what stands beside it",
        "What each column means and what is unfair: [bench/README.md](../README.md).",
    ]
    if results.rounds:
        parts.append("![Orders a second](broker.svg)")
    for broker, part in results.rounds.items():
        parts += [f"## {_title(broker, part)}", *_rounds(broker, part)]
    for broker, part in results.backlog.items():
        parts += [
            f"## A long backlog: {_title(broker, part)}",
            facts(part.machine),
            _backlogs(part.measurements),
        ]
    return "\n\n".join(parts) + "\n"


def _title(broker: str, part: Part) -> str:
    return part.machine.get("broker", broker)


def _rounds(broker: str, part: Part) -> Iterator[str]:
    found = summaries(part.measurements)
    yield facts(part.machine)
    yield _rates(found)
    yield _costs(found)
    yield _ratios(found)
    yield _through_outbox(found)
    yield shown(targets(broker, found))
    yield "\n".join(f"* {name}: {CONTESTANTS[name].settings}" for name in found if name in CONTESTANTS)


def _rates(found: Mapping[str, Summary]) -> str:
    rows: list[Row] = [("orders a second", "publish", "drain", "of rounds", "idle p50 ms", "p99 ms")]
    rows += [
        (
            s.contestant,
            f"{s.published:.0f}",
            f"{s.drained:.0f}",
            ", ".join(f"{rate:.0f}" for rate in sorted(s.rounds)),
            *_percentiles(s.latency),
        )
        for s in found.values()
    ]
    return table(rows)


def _costs(found: Mapping[str, Summary]) -> str:
    rows: list[Row] = [
        ("costs of a drain", "CPU us/order", "and of the servers", "memory MiB", "others' % of a core")
    ]
    rows += [
        (
            s.contestant,
            f"{1e6 * s.workers:.0f}",
            f"{1e6 * s.servers:.0f}",
            f"{s.memory:.0f}",
            f"{100 * s.others:.0f}",
        )
        for s in found.values()
    ]
    return table(rows)


def _ratios(found: Mapping[str, Summary]) -> str:
    stock, solo, floor = (found.get(name) for name in (STOCK, SOLO, FLOOR))
    rows: list[Row] = [
        (
            "ratios",
            "publish: Celery",
            "drain: Celery prefork",
            "Celery solo",
            "bare client",
            "CPU: Celery prefork",
        )
    ]
    for s in found.values():
        drained = [_times(s.drained, beside.drained if beside else 0) for beside in (stock, solo, floor)]
        published, cpu = (stock.published, stock.workers) if stock else (0.0, 0.0)
        rows.append((s.contestant, _times(s.published, published), *drained, _times(s.workers, cpu)))
    return table(rows)


def _through_outbox(found: Mapping[str, Summary]) -> str:
    rows: list[Row] = [("idle, commit to outbox, relay, broker, handler", "p50 ms", "p99 ms")]
    rows += [(s.contestant, *_percentiles(s.idle["outbox"])) for s in found.values() if "outbox" in s.idle]
    return table(rows)


def _backlogs(measurements: Sequence[Backlog]) -> str:
    rows: list[Row] = [
        (
            "orders a second",
            "backlog",
            f"first {STEP:,}",
            "median",
            "slowest",
            f"last {STEP:,}",
            "last : first",
            "MiB",
        )
    ]
    rows += [
        (
            m.contestant,
            f"{m.orders:,}",
            f"{m.rates[0]:.0f}",
            f"{statistics.median(m.rates):.0f}",
            f"{min(m.rates):.0f}",
            f"{m.rates[-1]:.0f}",
            f"{m.spread:+.0%}",
            f"{m.memory:.0f}",
        )
        for m in measurements
    ]
    return table(rows)


def _times(value: float, beside: float) -> str:
    return f"{value / beside:.2f}" if beside else DASH


def _percentiles(milliseconds: Sequence[float]) -> tuple[str, str]:
    if len(milliseconds) < 2:
        return DASH, DASH
    p50, _, p99 = percentiles(milliseconds)
    return f"{p50:.2f}", f"{p99:.2f}"
