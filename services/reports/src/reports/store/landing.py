"""What arrived, as it arrived: it is never changed, and everything else can be made from it again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
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


MOST = 500
"""Places in one step's message. 20 of those are a transaction, about a second's work: so long are rows of
days locked, and may a rebuild have to wait."""


class Range(NamedTuple):
    """Places in the landing table, both of them included. Others may land between, at the same time."""

    first: int
    last: int


_LAND = """
    INSERT INTO landed (id, name, order_id, at, said, envelope)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::timestamptz[], %b::jsonb[], %b::json[])
    ON CONFLICT (id) DO NOTHING RETURNING seq
"""
ON_THE_DAY = (
    "at >= %(day)s::date::timestamp AT TIME ZONE 'UTC'"
    " AND at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'"
)
_OF_DAY = f"SELECT id, envelope::text, said::text FROM landed WHERE {ON_THE_DAY}"
_SAY = """
    UPDATE landed SET said = new.said
    FROM unnest(%b::uuid[], %b::jsonb[]) AS new (id, said) WHERE landed.id = new.id
"""
IN_RANGES = """
    unnest(%(firsts)b::bigint[], %(lasts)b::bigint[]) AS range (first, last),
    LATERAL (SELECT * FROM landed WHERE seq BETWEEN range.first AND range.last OFFSET 0) AS landed
"""
"""What has landed there. For statements of other tables, with `ranged`. The OFFSET keeps a planner that
expects wide ranges from reading all of the table first."""


def land(tx: Tx, landings: Sequence[Landing]) -> list[int]:
    """Keep them. Returns the places of those that were not there yet."""
    return [row[0] for row in tx.execute(_LAND, columns(landings))]


def of_day(tx: Tx, day: date) -> Iterator[tuple[UUID, str, str | None]]:
    """Id, envelope and what facts take from it, of all that happened on a UTC day. A part at a time, so it is
    for a transaction."""
    with tx.cursor(name="landed_of_day") as cursor:
        cursor.execute(_OF_DAY, {"day": day})
        yield from cursor


def say(tx: Tx, said: Sequence[tuple[UUID, str | None]]) -> None:
    """Have facts take this from now on."""
    if said:
        tx.execute(_SAY, columns(said))


def ranged(ranges: Iterable[Range]) -> dict[str, list[int]]:
    """As parameters for IN_RANGES, each place once: ranges of messages that landed together overlap."""
    whole = list(apart(ranges))
    return {"firsts": [r.first for r in whole], "lasts": [r.last for r in whole]}


def cut(ranges: Iterable[Range]) -> Iterator[Range]:
    """The same places, each once, in parts that are no larger than one message's."""
    for whole in apart(ranges):
        for first in range(whole.first, whole.last + 1, MOST):
            yield Range(first, min(first + MOST - 1, whole.last))


def apart(ranges: Iterable[Range]) -> Iterator[Range]:
    """The same places, each once: what overlaps, or follows, is one."""
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
