"""Rebuild: facts and figures are made from what landed, as if for the first time."""

from datetime import date

from mesh import Tx
from reports.store import facts, figures, large
from reports.usecases.loading import announce


def rebuild(day: date, tx: Tx, reporting: str) -> bool:
    """The facts of a UTC day, and all figures of it. Steps wait meanwhile; what arrives still lands.

    Returns whether any sum of the day is another than before.
    """
    large.alone(tx)
    before = figures.sums(tx, day)
    facts.anew(tx, day, reporting)
    announce(figures.recount(tx, day), tx)
    return figures.sums(tx, day) != before
