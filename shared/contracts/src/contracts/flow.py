"""What a service's workers did, counted: the form in which every service tells it.

Counts are for people. They add up in any order, and so do times: a time is counted in a bucket, whose bounds
are the same everywhere and for ever.
"""

from datetime import date
from math import ceil, log2

from contracts.message import Command, Value

_STEPS = 4  # buckets in which times double
_LAST = 160  # 2**40 us, which is twelve days


class Dead(Value):
    """Messages that became dead letters."""

    reason: str
    """The mesh's word for it, such as rejected or exhausted."""
    letters: int


class Counted(Value):
    """What became of the messages of one name that came from one queue, on one day."""

    day: date
    """UTC's."""
    queue: str
    message: str
    """Its name; `?`: the worker had no handler for it."""
    first: int
    """The bucket of the shortest time."""
    handled: tuple[int, ...]
    """Messages by bucket, from the first on and without a gap. Bucket n is of times over 2**((n-1)/4) and up
    to 2**(n/4) microseconds."""
    retried: int
    """How often one was put back, to be tried again."""
    dead: tuple[Dead, ...]


class Flow(Command):
    """What a service did that nobody was told yet: to be added to what was told before."""

    service: str
    counted: tuple[Counted, ...]


def bucket(microseconds: float) -> int:
    """In which a time is counted."""
    return min(ceil(_STEPS * log2(microseconds)), _LAST) if microseconds > 1 else 0


def middle(bucket: int) -> int:
    """Microseconds that stand for all times of a bucket: none of them is further off than 9.1 % (and half a
    microsecond)."""
    return round(2 ** ((bucket - 0.5) / _STEPS))
