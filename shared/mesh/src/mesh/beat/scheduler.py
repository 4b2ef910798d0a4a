"""One turn after the other: say that it lives, be the one at work, fire what is due."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from redbeat import RedBeatScheduler
from redis import Redis
from redis.exceptions import RedisError

from mesh import database, log, ratelimit
from mesh.announcer import Announcer
from mesh.beat import PACE
from mesh.beat.entries import Entries
from mesh.beat.entries import Entry as OurEntry
from mesh.beat.lock import Lock
from mesh.broker import TIMEOUT
from mesh.database import Tx, transaction
from mesh.errors import RefusedAtStart, Unavailable
from mesh.health import Heartbeat
from mesh.service import Service
from mesh.settings import Settings
from mesh.streams.address import Address
from mesh.ticks import Ticks

logger = structlog.get_logger(__name__)

_WRITE = 30.0
"""Seconds between two looks whether the entries are still as the database says."""
_SOON = 1.0
"""The same where it was told that a schedule has changed: a burst of changes is one look."""

_AWAY = (RedisError, Unavailable, database.LOST)


class Scheduler(RedBeatScheduler):
    """redbeat's, which finds what is due; what becomes of that is the database's to say."""

    Entry = OurEntry

    def __init__(self, app: Any, lazy: bool = False, **kwargs: Any) -> None:
        """`lazy`: only to be looked at. Raises RefusedAtStart."""
        service, settings = app.mesh.service, app.mesh.settings
        self._service: Service[Any] = service
        self._settings: Settings = settings
        self._ticks = _needed(service)
        app.redbeat_redis = _client(settings)
        super().__init__(app, lazy=lazy, **kwargs)
        self._lock = Lock(app.redbeat_redis, app.redbeat_conf.lock_key)
        self.lock_key = None  # redbeat's own is waited for, without a word, and an end to it is not borne
        self._entries = Entries(app, app.redbeat_redis)
        self._heartbeat = _heartbeat(service, settings)
        self._tx: Tx | None = None
        self._written_at = self._write_at = 0.0
        self._away = False
        if not lazy:
            log.configure(settings, service.producer, "beat")
            self._heartbeat.beat("starting")

    def setup_schedule(self) -> None:
        """Nothing is due by the app's own settings."""

    def tick(self, **_: Any) -> float:
        """One turn. Returns the seconds until the next one. What is away is waited for."""
        try:
            if not self._lock.hold():
                self._rest()
                self._say("ready", "another beat is at work")
                return float(PACE)
            self._prepare()
            wait: float = super().tick()
        except _AWAY as error:
            return self._wait(error)
        self._say("ready")
        return wait

    def maybe_due(self, entry: OurEntry, **_: Any) -> float | None:
        """Fire it, if it is due. Returns the seconds until it is; None: never more."""
        if (wait := _until(entry.due_at)) > 0:
            return wait
        due = self._fired(entry)
        self._entries.move(entry, due)
        return None if due is None else max(_until(due), 0.001)

    def close(self) -> None:
        """Let another one go to work at once. May be called again."""
        with suppress(RedisError):
            self._lock.release()
        self._rest()
        self._heartbeat.beat("stopping")
        self._heartbeat.end()
        super().close()

    @property
    def _maybe_due_kwargs(self) -> dict[str, Any]:
        return {}  # nothing is published from here: no connection to the broker

    @property
    def _database(self) -> Tx:
        assert self._tx, "there is one from _prepare on"
        return self._tx

    def _fired(self, entry: OurEntry) -> datetime | None:
        """When it falls due next. One that cannot be fired is tried again, and keeps no other from it."""
        now = datetime.now(UTC)
        try:
            with transaction(self._database):
                return self._ticks.fire(self._database, entry.id, now)
        except _AWAY:
            raise
        except Exception:
            logger.exception("schedule.stuck", schedule_id=entry.name)
            return now + timedelta(seconds=_WRITE)

    def _prepare(self) -> None:
        """At first, and after whatever was away; when told of a change; and every now and then."""
        if self._tx is None:
            self._begin()
            return
        if list(self._tx.notifies(timeout=0)):
            self._write_at = min(self._write_at, self._written_at + _SOON)
        if time.monotonic() > self._write_at:
            self._write()

    def _begin(self) -> None:
        tx = database.connect(self._settings.database_url, f"{self._service.name}-beat")
        self._tx = tx
        tx.execute(f"LISTEN {self._ticks.channel}")
        with transaction(tx):
            self._ticks.begin(tx, self._settings)
        self._write()
        logger.info("beat.working")

    def _write(self) -> None:
        with transaction(self._database):
            upcoming = self._ticks.upcoming(self._database)
        self._entries.write(upcoming)
        self._written_at = time.monotonic()
        self._write_at = self._written_at + _WRITE

    def _rest(self) -> None:
        """Not to be at work needs no connection; with the next one all is looked at anew."""
        if self._tx is not None:
            self._tx.close()
            logger.info("beat.resting")
        self._tx = None

    def _wait(self, error: Exception) -> float:
        if not self._away:  # once, not once a second
            logger.warning("beat.waiting", error=str(error))
        self._away = True
        self._rest()
        self._heartbeat.beat("waiting", str(error))
        return float(PACE)

    def _say(self, state: Any, needs: str = "") -> None:
        if self._away:
            logger.info("beat.resumed")
        self._away = False
        self._heartbeat.beat(state, needs)


def _needed(service: Service[Any]) -> Ticks[Any]:
    if service.ticks is None:
        raise RefusedAtStart(f"nothing falls due in {service.name}: it has no beat")
    return service.ticks


def _heartbeat(service: Service[Any], settings: Settings) -> Heartbeat:
    announcer = Announcer(service, settings.broker_url, "beat")
    return Heartbeat(settings.health_dir, service.name, "beat", announcer)


def _client(settings: Settings) -> Redis:
    """Opens nothing yet. Raises RefusedAtStart."""
    if settings.schedules_url is None:
        told = "a Redis or Valkey, such as redis://…, over which beats agree who of them is at work"
        raise RefusedAtStart(f"SCHEDULES_URL is not set: {told}. It need not keep anything")
    address = Address.parse(settings.schedules_url.removeprefix("streams+"), "SCHEDULES_URL")
    times = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    return ratelimit.client(address, **times, decode_responses=True)


def _until(due: datetime) -> float:
    return (due - datetime.now(UTC)).total_seconds()
