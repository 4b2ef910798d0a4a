"""Transform: what landed becomes facts."""

from collections.abc import Sequence

from contracts.reports import LoadLanded, TransformLanded
from mesh import Tx, outbox
from reports.store import facts
from reports.store.landing import Range, cut


def transform(landed: Sequence[TransformLanded], tx: Tx, reporting: str) -> None:
    """Merge what landed in these places into the facts, and have the figures follow."""
    ranges = list(cut(Range(each.first, each.last) for each in landed))
    facts.transform(tx, ranges, reporting)
    outbox.put(tx, *(LoadLanded(first=each.first, last=each.last) for each in ranges))
