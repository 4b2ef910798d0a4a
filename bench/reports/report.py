"""What was measured, for people: medians of rounds."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.medians import median
from bench.parts import Part, Results
from bench.report import table
from bench.reports.targets import targets
from bench.targets import shown

TITLES = {
    "steps": "From the landing table to figures",
    "broker": "From the broker to figures",
    "rebuild": "`reports rebuild` of the month",
    "files": "Files of the month",
}


def document(results: Results) -> str:
    """Markdown."""
    parts = ["# Reports of a month", shown(targets(results))]
    for name, part in results.items():
        parts += [f"## {TITLES[name]}", _machine(part), _TABLES[name](part.measurements)]
    return "\n\n".join(parts) + "\n"


def _machine(part: Part) -> str:
    facts = "; ".join(f"{name}: {value}" for name, value in part.machine.items())
    return f"A month of {part.orders:,} orders. {facts}."


def _steps(found: Sequence[Any]) -> str:
    rows = [
        ("events in the tables", "connections", "events/s", "of rounds", "CPU us/event", "all PostgreSQL")
    ]
    half = max(one.before for one in found) // 2
    for many in (False, True):
        for connections in (1, 2):
            of = [one for one in found if (one.before > half, one.connections) == (many, connections)]
            rows.append(
                (
                    f"{min(one.before for one in of):,} and more",
                    str(connections),
                    f"{median(of, 'rate'):,.0f}",
                    ", ".join(f"{one.rate:,.0f}" for one in of),
                    f"{1e6 * median(of, 'cpu'):.1f}",
                    f"{1e6 * median(of, 'server'):.1f}",
                )
            )
    return table(rows)


def _broker(found: Sequence[Any]) -> str:
    rows = [("events", "events/s", "of rounds", "MiB")]
    rates = ", ".join(f"{one.rate:,.0f}" for one in found)
    memory = f"{median(found, 'memory'):.0f}"
    rows.append((f"{found[0].events:,}", f"{median(found, 'rate'):,.0f}", rates, memory))
    spent = [("process", "CPU us/event")]
    spent += [
        (name, f"{1e6 * statistics.median(one.cpu[name] for one in found):.1f}") for name in found[0].cpu
    ]
    return f"{table(rows)}\n\n{table(spent)}"


def _rebuilt(found: Sequence[Any]) -> str:
    rows = [("days", "seconds", "a day", "the longest", "CPU s of PostgreSQL a day")]
    for one in found:
        numbers = (one.seconds, one.median, one.longest, one.cpu)
        rows.append((str(one.days), *(f"{number:.1f}" for number in numbers)))
    return table(rows)


def _files(found: Sequence[Any]) -> str:
    rows = [("file", "made by", "seconds", "CPU s", "MiB", "KiB of the file")]
    for key, of in _grouped(found, lambda one: (one.kind, one.format, one.lines, one.who)):
        kind, format, lines, who = key
        medians = (
            f"{median(of, 'seconds'):.2f}",
            f"{median(of, 'cpu'):.2f}",
            f"{median(of, 'memory'):.0f}",
        )
        name = f"{kind}.{format}" + (f", {lines:,} lines" if lines else "")
        rows.append((name, who, *medians, f"{median(of, 'size') / 1024:,.0f}"))
    return table(rows)


def _grouped(found: Iterable[Any], key: Callable[[Any], Any]) -> Iterable[tuple[Any, list[Any]]]:
    groups: dict[Any, list[Any]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups.items()


_TABLES: dict[str, Callable[[Sequence[Any]], str]] = {
    "steps": _steps,
    "broker": _broker,
    "rebuild": _rebuilt,
    "files": _files,
}
