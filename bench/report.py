"""What was measured, for people: medians of rounds."""

import statistics
from collections.abc import Iterable, Sequence

from bench.flows import FLOWS
from bench.latency import Latency
from bench.rounds import Round

Row = tuple[str, ...]


def summary(rounds: Sequence[Round]) -> str:
    """Each flow's rate, and how they compare."""
    rows: list[Row] = [("flow", "orders/s", "of rounds", "accepted/s", "CPU ms/order", "cores busy")]
    rows += [_flow_row(name, of) for name, of in by_flow(rounds).items()]
    return table(rows)


def comparison(rounds: Sequence[Round]) -> str:
    """The mesh beside the other flow, in a sentence. Empty where only one of them ran."""
    flows = by_flow(rounds)
    if len(flows) < len(FLOWS):
        return ""
    rate = {name: statistics.median(r.rate for r in of) for name, of in flows.items()}
    spent = {name: statistics.median(r.cpu_each for r in of) for name, of in flows.items()}
    return (
        f"The mesh handles {rate['mesh'] / rate['stock']:.2f} times as many orders per second, "
        f"at {spent['mesh'] / spent['stock']:.0%} of the CPU time for each."
    )


def cpu(name: str, rounds: Sequence[Round]) -> str:
    """Where the CPU time of one flow went."""
    rows: list[Row] = [(name, "% of a core", "CPU ms/order")]
    rows += [(process, *_shares(process, rounds)) for process in rounds[0].cpu]
    others = [(r.machine - sum(r.cpu.values())) / r.seconds for r in rounds]
    return table([*rows, ("everything else on the machine", f"{100 * statistics.median(others):.0f}", "")])


def latencies(measured: Iterable[Latency]) -> str:
    """From POST to mail, in an idle flow."""
    rows: list[Row] = [("POST to mail, idle", "p50 ms", "p90 ms", "p99 ms")]
    rows += [
        (f"{m.flow}, {m.orders} orders", f"{m.p50:.1f}", f"{m.p90:.1f}", f"{m.p99:.1f}") for m in measured
    ]
    return table(rows)


def by_flow(rounds: Sequence[Round]) -> dict[str, list[Round]]:
    """The rounds of each flow, in the order in which they ran."""
    return {name: [r for r in rounds if r.flow == name] for name in dict.fromkeys(r.flow for r in rounds)}


def table(rows: Sequence[Row]) -> str:
    """Markdown that is also readable as text: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return f"| {first[0]:<{first[1]}} | " + " | ".join(f"{cell:>{width}}" for cell, width in others) + " |"


def _flow_row(name: str, rounds: Sequence[Round]) -> Row:
    def median(values: Iterable[float], digits: int) -> str:
        return f"{statistics.median(values):.{digits}f}"

    return (
        name,
        median((r.rate for r in rounds), 0),
        ", ".join(f"{r.rate:.0f}" for r in rounds),
        median((r.orders / r.answering for r in rounds), 0),
        median((1000 * r.cpu_each for r in rounds), 2),
        median((r.machine / r.seconds for r in rounds), 2),
    )


def _shares(process: str, rounds: Sequence[Round]) -> tuple[str, str]:
    percent = statistics.median(100 * r.cpu[process] / r.seconds for r in rounds)
    each = statistics.median(1000 * r.cpu[process] / r.orders for r in rounds)
    return f"{percent:.0f}", f"{each:.3f}"
