"""Rebuild: facts and figures are made from what landed, as if for the first time."""

import json
from datetime import date
from itertools import islice

from contracts import Envelope
from mesh import Tx
from reports.store import facts, figures, landing, large
from reports.usecases.landing import Event, landing_of
from reports.usecases.loading import announce

_AT_ONCE = 5000  # envelopes


def rebuild(day: date, tx: Tx, reporting: str) -> bool:
    """The facts of a UTC day, and all figures of it. Steps wait meanwhile; what arrives still lands.

    Returns whether any sum of the day is another than before.
    """
    large.alone(tx)
    before = figures.sums(tx, day)
    facts.anew(tx, day, reporting)
    announce(figures.recount(tx, day), tx)
    return figures.sums(tx, day) != before


def reread(day: date, tx: Tx) -> int:
    """Take from the envelopes of a UTC day anew what facts take from them, where the build that had them land
    took the wrong thing, or too little. Returns of how many it is another.

    Raises ContractError for what this build does not understand.
    """
    changed, found = 0, landing.of_day(tx, day)
    while part := list(islice(found, _AT_ONCE)):
        other = [(id, now) for id, envelope, before in part if _differ(now := _said(envelope), before)]
        landing.say(tx, other)
        changed += len(other)
    return changed


def _said(document: str) -> str | None:
    envelope = Envelope.read(json.loads(document))
    event = envelope.open()
    assert isinstance(event, Event), "nothing else has landed"
    return landing_of(event, envelope, document).said


def _differ(now: str | None, before: str | None) -> bool:
    return bool(json.loads(now or "null") != json.loads(before or "null"))
