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
Told = tuple[str, str | None]
"""Of a message: the queue that it came from, and its name; None for what there is no handler for."""


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
        messages: Sequence[Told],
        seconds: float,
        fell: Sequence[tuple[Told, str | None]] = (),
        left: Sequence[int] = (),
    ) -> None:
        """A chunk of these was settled, in so many `seconds` for each of them, on average.

        `fell`: those that were not handled, with the reasons of the dead ones. `left`: places of those that
        were not begun.
        """
        day, took = int(time.time()) // _DAY, bucket(seconds * 1_000_000)
        handled = _alike(messages)
        for place in left:
            handled[messages[place]] -= 1
        for told, _ in fell:
            handled[told] -= 1
        with self._lock:
            for (queue, name), many in handled.items():
                if name != self._silent:
                    self._counts[day, queue, name or UNKNOWN, HANDLED, took] += many
            for (queue, name), reason in fell:
                if name != self._silent:
                    self._counts[day, queue, name or UNKNOWN, reason or RETRIED, 0] += 1

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


def _alike(messages: Sequence[Told]) -> dict[Told, int]:
    """A chunk is nearly always of one queue and name, which is quickly seen."""
    first = messages[0]
    if messages.count(first) == len(messages):
        return {first: len(messages)}
    return dict(Counter(messages))


def _date(number: int) -> date:
    return datetime.fromtimestamp(number * _DAY, UTC).date()


def _number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
