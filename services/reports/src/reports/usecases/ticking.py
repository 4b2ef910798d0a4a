"""What falls due here: the schedules that people have made, and this service's own chores."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from mesh import Tx
from mesh.ticks import Due
from reports.usecases import chores, scheduling


def upcoming(tx: Tx) -> Mapping[UUID, Due]:
    """When each falls due next."""
    return {**scheduling.upcoming(tx), **chores.upcoming(tx)}


def fire(tx: Tx, id: UUID, at: datetime) -> datetime | None:
    """Send off what is due of one, and tell when it falls due next. None: never more, as things stand."""
    return chores.fire(tx, id, at) if chores.is_one(id) else scheduling.fire(tx, id, at)
