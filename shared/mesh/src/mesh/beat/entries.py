"""What redbeat keeps: an entry for each schedule, which falls due once, and is then written anew.

redbeat writes a crontab without its zone, and one of Celery's goes by the app's: both know one zone for all.
So when a schedule falls due is worked out elsewhere, and an entry knows a moment, and no rule.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from redbeat import RedBeatSchedulerEntry
from redbeat.decoder import to_timestamp
from redbeat.schedules import rrule
from redis import Redis

from contracts import contract_of
from mesh.ticks import Due


class Entry(RedBeatSchedulerEntry):
    """One schedule until it falls due."""

    @classmethod
    def of(cls, app: Any, command: str, id: UUID, due: datetime) -> Self:
        """`command`: the name of what is sent then."""
        told = {"schedule_id": str(id), "due_at": due.isoformat()}
        once = rrule("SECONDLY", dtstart=due, count=1, app=app)
        return cls(str(id), command, once, kwargs=told, app=app)

    @property
    def id(self) -> UUID:
        """The schedule's."""
        return UUID(self.name)

    @property
    def due_at(self) -> datetime:
        """To the second, or a part of it earlier: so redbeat keeps it."""
        due: datetime = self.schedule.dtstart
        return due


class Entries:
    """All of one service, as they are on the server."""

    def __init__(self, app: Any, client: Redis) -> None:
        self._app = app
        self._client = client

    def write(self, upcoming: Mapping[UUID, Due]) -> None:
        """Have these and no others. What is as it should be stays untouched."""
        key = self._app.redbeat_conf.schedule_key
        there: dict[str, float] = dict(cast("Any", self._client.zrange(key, 0, -1, withscores=True)))
        for id, due in upcoming.items():
            # An entry takes as long to make as a hundred comparisons, and nearly all are as they should be.
            if there.pop(Entry.generate_key(self._app, str(id)), None) != to_timestamp(due.at):
                Entry.of(self._app, contract_of(due.command).name, id, due.at).save()
        for key in there:
            self._remove(key)

    def move(self, entry: Entry, due: datetime | None) -> None:
        """It falls due next then; None: never more."""
        if due is None:
            entry.delete()
        else:
            Entry.of(self._app, entry.task, entry.id, due).save()

    def _remove(self, key: str) -> None:
        with self._client.pipeline() as pipe:
            pipe.zrem(self._app.redbeat_conf.schedule_key, key)
            pipe.delete(key)
            pipe.execute()
