"""What was measured, for people: medians of rounds."""

from collections.abc import Mapping, Sequence

from bench.emails.lanes import CAMPAIGN, Delays
from bench.emails.measure import Measurement
from bench.medians import median
from bench.parts import facts
from bench.report import table


def document(
    machine: Mapping[str, str], found: Sequence[Measurement], rendering: float, delays: Sequence[Delays]
) -> str:
    """Markdown."""
    parts = [
        "# Receipts per second of one worker",
        facts(machine),
        _rates(found),
        _ratios(found),
        _delayed(delays),
        f"Writing a receipt of three lines takes {rendering:.2f} ms: subject, text and HTML.",
    ]
    return "\n\n".join(parts) + "\n"


def _rates(found: Sequence[Measurement]) -> str:
    rows = [("worker", "latency ms", "mails/s", "of rounds", "CPU ms/mail", "MiB", "connections")]
    for latency, who in _groups(found):
        of = _of(found, who, latency)
        rows.append(
            (
                who,
                f"{latency * 1000:.0f}",
                f"{median(of, 'rate'):.1f}",
                ", ".join(f"{m.rate:.0f}" for m in of),
                f"{1000 * median(of, 'cpu'):.2f}",
                f"{median(of, 'memory'):.0f}",
                f"{median(of, 'connections'):.0f}",
            )
        )
    return table(rows)


def _ratios(found: Sequence[Measurement]) -> str:
    rows = [("the mesh beside the usual task", "mails/s", "CPU for a mail", "memory")]
    for latency in dict.fromkeys(m.latency for m in found):
        mesh, usual = _of(found, "mesh", latency), _of(found, "usual", latency)
        if mesh and usual:
            ratios = [median(mesh, name) / median(usual, name) for name in ("rate", "cpu", "memory")]
            rows.append((f"{latency * 1000:.0f} ms", *(f"{ratio:.2f}" for ratio in ratios)))
    return table(rows)


def _delayed(delays: Sequence[Delays]) -> str:
    head = f"a receipt while {CAMPAIGN:,} mails of a campaign go out"
    rows = [(head, "receipts", "mails of it", "p50 ms", "p90 ms", "p99 ms", "longest")]
    for one in delays:
        times = (f"{ms:.0f}" for ms in (one.p50, one.p90, one.p99, one.longest))
        rows.append((one.setup, str(one.receipts), str(one.bulk), *times))
    return table(rows)


def _groups(found: Sequence[Measurement]) -> list[tuple[float, str]]:
    return sorted({(m.latency, m.who) for m in found})


def _of(found: Sequence[Measurement], who: str, latency: float) -> list[Measurement]:
    return [m for m in found if (m.who, m.latency) == (who, latency)]
