"""Where messages to oneself are, as far as the service's own database knows: to show how a task does."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from mesh.database import AsyncTx


class Place(StrEnum):
    OUTBOX = "outbox"
    """It waits to be sent."""
    RETRY = "retry"
    """It failed, and waits to be handled again."""
    DEAD = "dead"
    """It is a dead letter: an operator's to repair."""
    AWAY = "away"
    """The broker has it, or a worker; or it is handled."""


_FIND = """
    SELECT asked.id, CASE WHEN dead.id IS NOT NULL THEN 'dead' WHEN retries > 0 THEN 'retry'
                          WHEN message_id IS NOT NULL THEN 'outbox' ELSE 'away' END
    FROM unnest(%s::uuid[]) AS asked (id)
    LEFT JOIN dead_letters dead ON dead.id = asked.id LEFT JOIN outbox ON message_id = asked.id
"""


async def find(tx: AsyncTx, ids: Collection[UUID]) -> dict[UUID, Place]:
    """The place of each."""
    rows = await (await tx.execute(_FIND, (list(ids),))).fetchall()
    return {id: Place(place) for id, place in rows}
