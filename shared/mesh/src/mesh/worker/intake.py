"""The intake: Celery's consumer, with its own ideas replaced about messages that it cannot read.

Celery rejects what it does not know, acknowledges what it cannot decode, and stops for what it did
not expect: the message is lost, or stops the next worker too. Here all of that goes to a child,
which keeps it as a dead letter, and the worker goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery.worker.consumer import Consumer as CeleryConsumer
from celery.worker.state import maybe_shutdown

from mesh.health import Heartbeat
from mesh.wire import Raw
from mesh.worker.dispatcher import Dispatcher, Waiting

log = structlog.get_logger(__name__)

_RETURNS = 6
"""A broker counts every return, also of messages that merely waited in a worker when it stopped or
died. So many are taken for one death: a database that is away during a few deployments poisons nothing,
and the third death still comes before the 20 returns at which RabbitMQ 4 drops a message by itself.
Which message a child died of, the dispatcher knows better: it counts that itself, one by one."""

_DEEPEST = 50
"""Levels of headers that are kept: AMQP's tables may have more than pickle, which hands them to a child."""


class Intake(CeleryConsumer):
    """What `worker_consumer` names. The app carries `mesh`: the handlers and the heartbeat."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mesh = self.app.mesh
        self._handlers = mesh.service.consumer.handlers
        self._heartbeat: Heartbeat = mesh.heartbeat
        self._dispatcher = self._new_dispatcher()
        self._away = False  # the broker, and it has been said

    def ensure_connected(self, connection: Any) -> Any:
        """Wait for the broker, and be seen waiting. Celery's own pauses grow to half a minute."""

        def failed(error: Exception, _: float) -> None:
            if not self._away:  # once, not once a second
                log.warning("worker.waiting", error=f"broker: {error}")
            self._away = True

        def still_waiting() -> None:
            self._heartbeat.beat("waiting")
            maybe_shutdown()

        connection.ensure_connection(
            failed, interval_start=1, interval_step=0, interval_max=1, callback=still_waiting
        )
        self._away = self.first_connection_attempt = False
        return connection

    def create_task_handler(self, *_: Any, **__: Any) -> Callable[[Any], None]:
        """What happens to each message, in place of Celery's strategies."""
        # A connection that was lost took its deliveries with it: what waited belongs to it.
        self._dispatcher.stop()
        self._dispatcher = self._new_dispatcher()
        by_celery = super().create_task_handler()
        ours = self._handlers

        def on_message(message: Any) -> None:
            name = _name(message)
            if name in ours:
                self._offer(name, message)
            elif name in self.strategies and _well_formed(message):
                self._leave_to_celery(by_celery, message)
            else:
                self._offer(None, message)

        return on_message

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Its bytes cannot be unpacked as its headers say; they may well be sound as they are."""
        name = _name(message)
        self._offer(name if name in self._handlers else None, message)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._offer(None, message)

    def on_ready(self) -> None:
        super().on_ready()
        self._heartbeat.beat("ready")
        if not self.restart_count:  # the timer outlives connections
            self.hub.call_repeatedly(1.0, self._heartbeat.beat, "ready")
        log.info("worker.ready", queues=sorted(self.app.amqp.queues.consume_from))

    def on_close(self) -> None:
        # Celery's would have the pool forget what a child has not yet confirmed to have begun. The
        # child handles it all the same, nobody reads its answer, and it waits 30 s for that.
        self.pool.flush = None
        super().on_close()

    def stop(self) -> None:
        self._dispatcher.stop()
        self._heartbeat.beat("stopping")
        super().stop()

    def _leave_to_celery(self, by_celery: Callable[[Any], None], message: Any) -> None:
        """One of Celery's own tasks, or a private one. What its code stumbles over is kept."""
        try:
            by_celery(message)
        except self.connection_errors:
            raise
        except Exception as error:  # noqa: BLE001 a message may be wrong in more ways than Celery foresaw
            log.warning("task.malformed", task=_name(message), error=repr(error))
            self._offer(None, message)

    def _offer(self, name: str | None, message: Any) -> None:
        acknowledge = partial(message.ack_log_error, log, self.connection_errors)
        self._dispatcher.offer(name, Waiting(self._raw(message), acknowledge))

    def _raw(self, message: Any) -> Raw:
        info = message.delivery_info or {}
        headers = message.headers if isinstance(message.headers, dict) else {}
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        deaths = (info.get("deaths") or _returns(headers)) // _RETURNS
        return Raw(body, _shallow(headers, _DEEPEST), info.get("queue") or self._queue(info), deaths)

    def _queue(self, info: dict[str, Any]) -> str:
        """AMQP names the consumer that a message came to, not the queue."""
        tags = {tag: queue for queue, tag in self.task_consumer._active_tags.items()}
        return str(tags.get(info.get("consumer_tag"), "unknown"))

    def _new_dispatcher(self) -> Dispatcher:
        return Dispatcher(self.pool, self._handlers, self.hub.call_soon, self.hub.call_later)


def _returns(headers: dict[str, Any]) -> int:
    """How often a quorum queue has delivered this message before; a sender may have written anything."""
    count = headers.get("x-delivery-count")
    return count if isinstance(count, int) and count > 0 else 0


def _shallow(value: Any, levels: int) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        return "nested too deeply"
    if isinstance(value, list):
        return [_shallow(inner, levels - 1) for inner in value]
    return {name: _shallow(inner, levels - 1) for name, inner in value.items()}


def _name(message: Any) -> str | None:
    """The message's name, whatever its headers look like."""
    headers = message.headers
    name = headers.get("task") if isinstance(headers, dict) else None
    return name if isinstance(name, str) else None


def _well_formed(message: Any) -> bool:
    """Whether Celery's own code can take a message for one of its private tasks without stopping."""
    limit = message.headers.get("timelimit") or (None, None)
    return (
        isinstance(message.headers.get("id"), str)
        and isinstance(limit, (list, tuple))
        and len(limit) == 2
        and all(isinstance(x, (int, float, type(None))) for x in limit)
        and message.content_type == "application/json"
    )
