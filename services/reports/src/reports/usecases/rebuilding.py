"""Rebuild: facts and figures are made from what landed, as if for the first time."""

from datetime import date

from mesh import Tx
from reports.store import facts, figures, large
from reports.usecases.loading import announce


def rebuild(day: date, tx: Tx, reporting: str) -> None:
    """The facts of a UTC day, and all figures of it. Steps wait meanwhile; what arrives still lands."""
    large.alone(tx)
    facts.anew(tx, day, reporting)
    announce(figures.recount(tx, day), tx)
