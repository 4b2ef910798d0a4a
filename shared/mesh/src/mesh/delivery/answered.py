"""What became of one message, for whoever waits for its reply: a canvas, a Celery client."""

from typing import Any, NamedTuple
from uuid import UUID

from mesh.database import Tx

_LOOK = """
    SELECT (SELECT done_at FROM inbox WHERE message_id = %(id)s) IS NOT NULL,
           (SELECT reply FROM inbox WHERE message_id = %(id)s),
           (SELECT reason || ': ' || error FROM dead_letters WHERE id = %(id)s)
"""


class Answer(NamedTuple):
    """Neither handled nor dead: it has another try ahead."""

    handled: bool
    reply: Any = None
    """JSON, as the handler returned it."""
    dead: str | None = None
    """Why it is a dead letter; None: it is not."""


def look(tx: Tx, id: UUID) -> Answer:
    """What the inbox and the dead letters know of a message."""
    row = tx.execute(_LOOK, {"id": id}).fetchone()
    return Answer(*row) if row else Answer(handled=False)
