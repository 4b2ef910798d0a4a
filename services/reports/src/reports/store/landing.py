"""What arrived, as it arrived: it is never changed, and everything else can be made from it again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mesh import Tx
from mesh.bulk import columns


class Landing(NamedTuple):
    """One message about an order."""

    id: UUID
    """The envelope's."""
    name: str
    order_id: UUID
    at: datetime
    """When it happened."""
    said: str | None
    """JSON: what the facts take from it, whatever its contract calls that. None: its time alone."""
    envelope: str
    """JSON, as it came."""


class Range(NamedTuple):
    """Places in the landing table, both of them included. Others may land between, at the same time."""

    first: int
    last: int


_LAND = """
    INSERT INTO landed (id, name, order_id, at, said, envelope)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::timestamptz[], %b::jsonb[], %b::json[])
    ON CONFLICT (id) DO NOTHING RETURNING seq
"""
IN_RANGES = """
    unnest(%(firsts)b::bigint[], %(lasts)b::bigint[]) AS range (first, last),
    LATERAL (SELECT * FROM landed WHERE seq BETWEEN range.first AND range.last OFFSET 0) AS landed
"""
"""What has landed there. For statements of other tables, with `ranged`. The OFFSET keeps a planner that
expects wide ranges from reading all of the table first."""


def land(tx: Tx, landings: Sequence[Landing]) -> Range | None:
    """Keep them. Returns where those lie that were not there yet; None: there are none."""
    places = [row[0] for row in tx.execute(_LAND, columns(landings))]
    return Range(min(places), max(places)) if places else None


def count(tx: Tx, ids: Sequence[UUID]) -> int:
    """How many of these have landed."""
    row = tx.execute("SELECT count(*) FROM landed WHERE id = ANY(%b::uuid[])", (list(ids),)).fetchone()
    return int(row[0]) if row else 0


def ranged(ranges: Iterable[Range]) -> dict[str, list[int]]:
    """As parameters for IN_RANGES, each place once: ranges of messages that landed together overlap."""
    apart = list(_apart(ranges))
    return {"firsts": [r.first for r in apart], "lasts": [r.last for r in apart]}


def _apart(ranges: Iterable[Range]) -> Iterator[Range]:
    whole: Range | None = None
    for each in sorted(ranges):
        if whole is None or each.first > whole.last + 1:
            if whole:
                yield whole
            whole = each
        else:
            whole = Range(whole.first, max(whole.last, each.last))
    if whole:
        yield whole
