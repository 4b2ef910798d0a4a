"""What was measured, for people."""

from collections.abc import Iterator, Mapping

from bench.api import sizes
from bench.api.apis import SEND_TASK
from bench.api.memory import CONNECTIONS, WARM, Memory
from bench.api.results import MEMORY, SIZES
from bench.api.summary import Case, Summary, summaries
from bench.api.targets import targets
from bench.parts import Part, Results, facts
from bench.report import Row, table
from bench.targets import shown

SERVERS = ("postgres", "valkey")


def document(results: Results) -> str:
    """Markdown, of all that is kept."""
    parts = [
        "# The orders API under load, beside what people write today",
        "What each column means and what each side does and does not do: [bench/README.md](../README.md).",
        "![Answers a second](api.svg)",
        shown(targets(results)),
    ]
    for name, part in results.items():
        parts += [f"## {name.capitalize()}", facts(part.machine), *_part(name, part)]
    return "\n\n".join(parts) + "\n"


def _part(name: str, part: Part) -> Iterator[str]:
    if name == MEMORY:
        yield _memory(part.measurements[0])
        return
    found = summaries(part.measurements)
    if name == SIZES:
        yield f"One order, a thousand and {part.orders:,}, over {sizes.CONNECTIONS} connections."
    yield _rates(found, ratios=name != SIZES)
    yield _costs(found)


def _rates(found: Mapping[Case, Summary], *, ratios: bool) -> str:
    head = ("", "connections", "a second", "of rounds", "p50 ms", "p99 ms")
    rows: list[Row] = [(*head, "ratio") if ratios else head]
    for (api, what, connections), s in found.items():
        rounds = ", ".join(f"{rate:.0f}" for rate in sorted(s.rates))
        row = (f"{api}: {what}", str(connections), f"{s.rate:.0f}", rounds, f"{s.p50:.2f}", f"{s.p99:.2f}")
        beside = [f"{s.rate / found[SEND_TASK, what, connections].rate:.2f}"] if ratios else []
        rows.append((*row, *beside))
    return table(rows)


def _costs(found: Mapping[Case, Summary]) -> str:
    rows: list[Row] = [
        ("CPU us an answer", "connections", "api", "relay", "servers", "load", "others' % of a core")
    ]
    for (api, what, connections), s in found.items():
        servers = sum(s.cpu[name] for name in SERVERS)
        spent = (s.cpu["api"], s.cpu.get("relay", 0.0), servers, s.cpu["generator"])
        costs = (f"{1000 * each:.0f}" for each in spent)
        rows.append((f"{api}: {what}", str(connections), *costs, f"{100 * s.others:.0f}"))
    return table(rows)


def _memory(memory: Memory) -> str:
    warm = memory.rss[int(WARM * len(memory.rss)) :]
    load = f"{CONNECTIONS} connections; of ten requests three place an order, five read one and two list"
    said = {
        "load": f"{len(memory.rss)} s over {load}",
        "requests": f"{memory.requests:,}, {memory.rate:.0f} a second, p99 {memory.p99:.1f} ms",
        "MiB": f"{memory.rss[0]:.1f} at first, {warm[0]:.1f} when it was warm, {warm[-1]:.1f} at the end",
        "trend since it was warm": f"{memory.slope:+.1f} MiB an hour, {memory.growth:+.1%}",
    }
    return facts(said)
