"""What a relay does beside moving the outbox: each thing at its pace, unless there is more of it."""

from typing import Any

from mesh import inbox
from mesh.upkeep import Chore

OLD = """
    INSERT INTO inbox (message_id, name, begun_at)
    SELECT gen_random_uuid(), 'sample.greet', now() - interval '15 days' FROM generate_series(1, %s)
"""


def left(tx: Any) -> int:
    return int(tx.execute("SELECT count(*) FROM inbox").fetchone()[0])


def test_what_has_more_to_do_waits_for_no_pace(tx: Any) -> None:
    chore = Chore(lambda tx: inbox.prune(tx, 10) == 10, pace=3600.0, share=1.0)
    tx.execute(OLD, (25,))
    for remaining in (15, 5, 0):
        chore.run(tx)
        assert left(tx) == remaining
    tx.execute(OLD, (1,))
    chore.run(tx)
    assert left(tx) == 1  # an hour has not passed
