"""Exchange rates: fetched as they are published, kept, and what follows from them counted again.

Each step may come again, late or in another order: of two documents that say a rate of the same day, the one
that landed later holds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from contracts.reports import FetchRates, RecountDay, TransformRates
from mesh import Effect, Reject, Tx, outbox
from reports.domain import DIGITS
from reports.sources.fetching import Fetched, NotModified, Source, Validators
from reports.sources.rates import UnusableRates, parse
from reports.store import documents, large, rates
from reports.store.documents import Document

log = structlog.get_logger(__name__)

KIND = "ecb_rates"
_AT_ONCE = 366
"""Days that one statement converts: all since 1999 would take longer than a statement may."""
Sources = Mapping[str, Source]
"""By their names."""


def fetch(wanted: FetchRates, tx: Tx, sources: Sources) -> Effect[Fetched | NotModified] | None:
    """Fetch from one source, or have each fetched by itself: one that is away holds up no other.

    Raises Reject for a source that is none any more.
    """
    if wanted.source is None:
        outbox.put(tx, *(FetchRates(source=name) for name in sources))
        return None
    source = sources.get(wanted.source)
    if source is None:
        raise Reject(f"RATES_URL does not name {wanted.source}")
    return Effect(perform=asked(tx, wanted.source, source), then=partial(_land, wanted.source))


def asked(tx: Tx, name: str, source: Source) -> Callable[[], Fetched | NotModified]:
    """What fetches its document, if it is another than the one that landed last."""
    return partial(source.fetch, Validators(*documents.validators(tx, KIND, name)))


def land(name: str, tx: Tx, found: Fetched | NotModified) -> bool:
    """Keep what was fetched, as it came, and have it read. Returns whether there is anything."""
    if isinstance(found, NotModified):
        return False
    digest = sha256(found.body).hexdigest()
    said = found.validators
    documents.land(tx, Document(digest, KIND, name, said.etag, said.last_modified, found.body))
    outbox.put(tx, TransformRates(digest=digest))
    return True


def _land(name: str, tx: Tx, found: Fetched | NotModified) -> None:
    log.info("rates.fetched", source=name, new=land(name, tx, found))


def transform(digest: str, tx: Tx, reporting: str) -> None:
    """Take the rates from a document that landed, and have the days counted again whose amounts change.

    Raises Reject for one that is no such document, or not all of it: then nothing of it is taken.
    """
    landed = documents.of(tx, digest)
    if landed is None or landed[0].body is None:
        raise Reject(f"no document landed that has the digest {digest}")
    document, landed_at = landed
    try:
        found = parse(document.body or b"", datetime.now(UTC).date())
    except UnusableRates as error:
        raise Reject(f"rates of {document.source}: {error}. None is taken; those of before hold") from error
    rates.one_by_one(tx)
    rates.keep(tx, found, landed_at)
    documents.note_read(tx, digest)
    days = convert(tx, reporting, min(found), max(found))
    log.info("rates.kept", source=document.source, days=len(found), recounted=recount(tx, reporting, days))


def convert(tx: Tx, reporting: str, first: date, last: date) -> set[date]:
    """Say what amounts are in the reporting currency on these days. Returns those on which they changed."""
    days: set[date] = set()
    while first <= last:
        end = min(first + timedelta(_AT_ONCE - 1), last)
        days |= rates.convert(tx, reporting, DIGITS, (first, end))
        first = end + timedelta(1)
    return days


def convert_anew(tx: Tx, reporting: str) -> int:
    """Say it of all days of which rates are known, and forget what was said in another currency. All days are
    counted again; returns how many."""
    rates.one_by_one(tx)
    rates.forget_conversions(tx)
    if span := rates.span(tx):
        convert(tx, reporting, *span)
    return _recount(tx, rates.all_days)


def recount(tx: Tx, reporting: str, days: set[date]) -> int:
    """Have those of these days counted again that have something to convert. Returns how many."""
    return _recount(tx, lambda tx: rates.touched(tx, days, reporting)) if days else 0


def _recount(tx: Tx, which: Callable[[Tx], Sequence[date]]) -> int:
    """Steps that are under way have read the old conversions, and are waited for: their facts are seen here.
    Those that come later read the new ones."""
    large.alone(tx)
    touched = which(tx)
    outbox.put(tx, *(RecountDay(day=day) for day in touched))
    return len(touched)
