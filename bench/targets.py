"""What is to be reached, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.report import Row, table


@dataclass(frozen=True)
class Target:
    """One of them."""

    what: str
    wanted: str
    found: str
    reached: bool


def shown(targets: Iterable[Target]) -> str:
    """For people."""
    rows: list[Row] = [("targets", "wanted", "found", "reached")]
    return table([*rows, *((t.what, t.wanted, t.found, "yes" if t.reached else "no") for t in targets)])
