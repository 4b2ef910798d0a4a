"""What the mesh itself does: noted as services tell it, and told as a report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from math import ceil
from typing import Any

from contracts.flow import Counted, middle
from contracts.reports import NoteFlow
from mesh import Reject, Tx
from reports.documents import Operations
from reports.documents.kinds import DayFlow, Flow, Line, QueueFlow
from reports.store import flow
from reports.store.flow import HANDLED, RETRIED, Row, Sum
from reports.store.told import Of


def note(messages: Sequence[NoteFlow], tx: Tx) -> None:
    """Count what these services did. Counted twice it would be wrong: each comes through the inbox."""
    flow.add(tx, [row for each in messages for line in each.counted for row in _rows(each.service, line)])


def operations(tx: Tx, of: Of) -> Operations:
    """The report of it. Raises Reject for an account."""
    return Operations(of.first, of.last, **told(tx, of))


def told(tx: Tx, of: Of) -> dict[str, Any]:
    """What that tells, by field.

    Raises Reject for an account: no message says whose it is, and nobody's work is another's to see.
    """
    if of.account is not None:
        raise Reject("operations are of the whole mesh, and of no account")
    sums, before = flow.sums(tx, of), flow.sums(tx, of.before)
    return {
        "total": _flow(sums),
        "previous": _flow(before) if before else None,
        "days": [DayFlow(day, each) for day, each in _by(sums, lambda row: row.day)],
        "queues": [QueueFlow(s, q, each) for (s, q), each in _by(sums, lambda row: (row.service, row.queue))],
        "lines": [Line(d, s, q, each) for (d, s, q), each in _by(sums, lambda row: row[:3])],
        "deaths": flow.deaths(tx, of),
    }


def quantile(buckets: Counter[int], share: float) -> int | None:
    """Microseconds that this share of the messages took at the most: the time of one, to within 9.1 %.

    None: there are none.
    """
    if not buckets:
        return None
    rank = max(1, ceil(share * buckets.total()))
    places = sorted(buckets)
    reached = accumulate(buckets[place] for place in places)
    return next(middle(place) for place, so_far in zip(places, reached, strict=True) if so_far >= rank)


def _rows(service: str, line: Counted) -> Iterator[Row]:
    of = (line.day, service, line.queue, line.message)
    found = [(HANDLED, took, messages) for took, messages in enumerate(line.handled, line.first)]
    found += [(RETRIED, 0, line.retried), *((dead.reason, 0, dead.letters) for dead in line.dead)]
    return (Row(*of, *each) for each in found if each[-1])


def _by(sums: Iterable[Sum], key: Callable[[Sum], Any]) -> Iterator[tuple[Any, Flow]]:
    """What belongs together, in the order of the keys."""
    found: dict[Any, list[Sum]] = {}
    for row in sums:
        found.setdefault(key(row), []).append(row)
    return ((each, _flow(found[each])) for each in sorted(found))


def _flow(sums: Iterable[Sum]) -> Flow:
    """Times do not add up; what they were counted in does."""
    outcomes: Counter[str] = Counter()
    took: Counter[int] = Counter()
    for row in sums:
        outcomes[row.outcome] += row.messages
        if row.outcome == HANDLED:
            took[row.bucket] += row.messages
    return Flow(
        outcomes[HANDLED], outcomes[RETRIED], outcomes["dead"], quantile(took, 0.5), quantile(took, 0.95)
    )
