"""What workers counted and nobody was told yet: a table of the service's, which its relay empties.

It has a row for each sum, however many messages, processes and minutes are in that: where nobody takes them,
counts of five weeks wait here, and are told when somebody comes.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from contracts.flow import Counted, Dead, Flow
from mesh import context, outbox
from mesh.bulk import columns
from mesh.database import Tx, transaction
from mesh.flow.tally import HANDLED, RETRIED, Counts, Key

LINES = 32
"""In one message. One of them may take more than a kilobyte, of the 64 that a message may have."""

KEPT = 35
"""Days for which it waits: last month can still be told."""

_EMPTY = "SELECT NOT EXISTS (SELECT FROM flow_untold)"
_ADD = """
    INSERT INTO flow_untold (day, queue, message, outcome, bucket, messages)
    SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::bigint[])
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (day, queue, message, outcome, bucket)
    DO UPDATE SET messages = flow_untold.messages + excluded.messages
"""  # by key: two that add wait for each other in no circle
_TAKE = """
    WITH lines AS (
        SELECT DISTINCT day, queue, message FROM flow_untold ORDER BY day, queue, message LIMIT %s
    ), free AS (
        SELECT day, queue, message, outcome, bucket FROM flow_untold JOIN lines USING (day, queue, message)
        FOR UPDATE OF flow_untold SKIP LOCKED
    ), taken AS (
        DELETE FROM flow_untold AS t USING free AS f
        WHERE t.day = f.day AND t.queue = f.queue AND t.message = f.message AND t.outcome = f.outcome
            AND t.bucket = f.bucket
        RETURNING t.*
    ) SELECT day, queue, message, outcome, bucket, messages FROM taken ORDER BY 1, 2, 3, 4, 5
"""
_PRUNE = "DELETE FROM flow_untold WHERE day < current_date - %s::int"


def is_empty(tx: Tx) -> bool:
    row = tx.execute(_EMPTY).fetchone()
    return bool(row and row[0])


def add(tx: Tx, counts: Counts) -> None:
    """Have these told, too."""
    tx.execute(_ADD, columns([(*key, messages) for key, messages in counts.items()]))


def tell(tx: Tx, kind: type[Flow]) -> bool:
    """Put a message's worth of it into the outbox, in one transaction: it is told once. Returns whether there
    may be more."""
    with transaction(tx):
        rows = [(Key(*key), messages) for *key, messages in tx.execute(_TAKE, (LINES,))]
        if rows:
            counted = tuple(_counted(rows))
            outbox.put(tx, kind(service=context.producer().service, counted=counted))
    return bool(rows)


def prune(tx: Tx) -> None:
    """Forget what nobody wanted to know for so long."""
    tx.execute(_PRUNE, (KEPT,))


def _counted(rows: Iterable[tuple[Key, int]]) -> Iterator[Counted]:
    """Rows in the order of their keys."""
    for (day, queue, message), group in groupby(rows, key=lambda row: row[0][:3]):
        sums = {(key.outcome, key.bucket): messages for key, messages in group}
        first, handled = _dense({took: n for (outcome, took), n in sums.items() if outcome == HANDLED})
        yield Counted(
            day=day,
            queue=queue,
            message=message,
            first=first,
            handled=handled,
            retried=sums.get((RETRIED, 0), 0),
            dead=tuple(
                Dead(reason=outcome, letters=n)
                for (outcome, _), n in sums.items()
                if outcome not in (HANDLED, RETRIED)
            ),
        )


def _dense(buckets: dict[int, int]) -> tuple[int, tuple[int, ...]]:
    """The first one, and how many are in each from that on."""
    if not buckets:
        return 0, ()
    first, last = min(buckets), max(buckets)
    return first, tuple(buckets.get(took, 0) for took in range(first, last + 1))
