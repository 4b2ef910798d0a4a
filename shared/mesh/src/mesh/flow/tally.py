"""The tally of one process: what became of the messages of each chunk."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from contracts.flow import bucket

HANDLED, RETRIED = "handled", "retried"
UNKNOWN = "?"
"""In place of a name that the worker has no handler for: whoever sends nonsense may call it anything."""
_DAY = 86400  # seconds

Counts = Mapping["Key", int]


class Key(NamedTuple):
    """What is counted together."""

    day: date
    """UTC's."""
    queue: str
    message: str
    outcome: str
    """`HANDLED`, `RETRIED`, or the reason of a dead letter."""
    bucket: int
    """Of the times of what was handled; else 0."""


class Tally:
    """For any number of threads."""

    def __init__(self, silent: str) -> None:
        """`silent`: the name of the message that carries counts. Counted too, each would cause the next."""
        self._silent = silent
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, str, str, str, int]] = Counter()

    def count(
        self,
        name: str | None,
        queues: Sequence[str],
        seconds: float,
        fell: Sequence[tuple[str, str | None]] = (),
        left: Sequence[int] = (),
    ) -> None:
        """A chunk was settled; `name` is None for what there is no handler for.

        `queues`: from which its messages came, in their order. `seconds`: for each of them, on average.
        `fell`: queues of those that were not handled, with the reasons of the dead ones. `left`: places of
        those that were not begun.
        """
        if name == self._silent:
            return
        day, took, named = int(time.time()) // _DAY, bucket(seconds * 1_000_000), name or UNKNOWN
        handled = _by_queue(queues)
        for place in left:
            handled[queues[place]] -= 1
        for queue, _ in fell:
            handled[queue] -= 1
        with self._lock:
            for queue, messages in handled.items():
                self._counts[day, queue, named, HANDLED, took] += messages
            for queue, reason in fell:
                self._counts[day, queue, named, reason or RETRIED, 0] += 1

    def take(self) -> Counts:
        """What was counted since it was taken last."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        found = ((key, messages) for key, messages in taken.items() if messages)
        return {Key(_date(day), q, name, what, took): n for (day, q, name, what, took), n in found}

    def give_back(self, counts: Counts) -> None:
        """It could not be told: it is counted again."""
        with self._lock:
            for key, messages in counts.items():
                self._counts[_number(key.day), *key[1:]] += messages


def _by_queue(queues: Sequence[str]) -> dict[str, int]:
    """A chunk is nearly always of one queue, which is quickly seen."""
    first = queues[0]
    if queues.count(first) == len(queues):
        return {first: len(queues)}
    return dict(Counter(queues))


def _date(number: int) -> date:
    return datetime.fromtimestamp(number * _DAY, UTC).date()


def _number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
