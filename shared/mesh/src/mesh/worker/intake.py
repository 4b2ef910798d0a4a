"""The intake: Celery's consumer, with its own ideas replaced about messages that it cannot read.

Celery rejects what it does not know, acknowledges what it cannot decode, and stops for what it did
not expect: the message is lost, or stops the next worker too. Here all of that goes to a child,
which keeps it as a dead letter, and the worker goes on.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import amqp
import structlog
from celery.exceptions import WorkerShutdown
from celery.worker.consumer import Consumer as CeleryConsumer
from celery.worker.state import maybe_shutdown, revoked

from mesh import garbage
from mesh.broker import declare
from mesh.delivery import POISON
from mesh.errors import RefusedAtStart
from mesh.health import Heartbeat
from mesh.settings import Settings
from mesh.streams.transport import Transport as StreamsTransport
from mesh.worker import incoming, tasks
from mesh.worker.acks import Acks
from mesh.worker.dispatcher import Dispatcher, Waiting
from mesh.worker.monitor import Monitor
from mesh.worker.switched import Switched

log = structlog.get_logger(__name__)

_LOOK = 0.2
"""Seconds between two looks whether a child has ended. Celery hears of it a moment before it can be waited
for, and then looks every 5 s, for which a worker of one child would do nothing."""
REFUSED = 2  # the exit code of a process that does not start as it is set up
_STEPS = {"DelayedDelivery": "mesh.worker.delays:Delays", "Control": "mesh.worker.control:Control"}


class Intake(CeleryConsumer):
    """What `worker_consumer` names. The app carries `mesh`: the service, its settings and the heartbeat."""

    class Blueprint(CeleryConsumer.Blueprint):
        """Celery's steps, with our own for delays and remote control."""

        default_steps: ClassVar = [
            _STEPS.get(step.rpartition(":")[2], step) for step in CeleryConsumer.Blueprint.default_steps
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mesh = self.app.mesh
        self._settings: Settings = mesh.settings
        self._handlers = mesh.service.consumer.handlers
        self._heartbeat: Heartbeat = mesh.heartbeat
        self._taken: dict[str, Counter[str]] = mesh.announcer.taken
        mesh.announcer.held = self._held
        self.dispatcher = self._new_dispatcher()
        self._acks = Acks(self.connection_errors)
        self._by_tag: dict[str, str] = {}  # queues, also of consumers that gave way to others
        self._away = False  # the broker, and it has been said
        self._switched = Switched.of(
            mesh.service.name, mesh.settings, mesh.lanes, self.app.amqp.queues.consume_from
        )

    def ensure_connected(self, connection: Any) -> Any:
        """Wait for the broker, and be seen waiting. Celery's own pauses grow to half a minute."""

        def failed(error: Exception, _: float) -> None:
            if not self._away:  # once, not once a second
                log.warning("worker.waiting", error=f"broker: {error}")
            self._away = True

        def still_waiting() -> None:
            self._heartbeat.beat("waiting", "broker")
            maybe_shutdown()

        connection.ensure_connection(
            failed, interval_start=1, interval_step=0, interval_max=1, callback=still_waiting
        )
        self._away = self.first_connection_attempt = False
        self._refuse_unsafe(connection)
        self._switched.begin(self.app.amqp.queues.deselect)
        declare(connection.default_channel)  # what the queues are bound to must be there before them
        return connection

    def _refuse_unsafe(self, connection: Any) -> None:
        if not isinstance(connection.transport, StreamsTransport):
            return
        try:
            connection.default_channel.refuse_unsafe(self._settings.broker_persistence)
        except RefusedAtStart as error:
            log.error("worker.refused", error=str(error))  # noqa: TRY400 it is for a person, not a fault of ours
            raise WorkerShutdown(REFUSED) from None

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Celery ends the connection it reads from without the farewell that a dead one never answers, and
        waits for the answer on the one for its events."""
        super().on_connection_error_after_connected(exc)
        if self.event_dispatcher and self.event_dispatcher.connection:
            self.event_dispatcher.connection.collect()

    def create_task_handler(self, *_: Any, **__: Any) -> Callable[[Any], None]:
        """What happens to each message, in place of Celery's strategies."""
        # A connection that was lost took its deliveries with it: what waited belongs to it.
        self.dispatcher.stop()
        self.dispatcher = self._new_dispatcher()
        self._acks = Acks(self.connection_errors)
        by_celery = super().create_task_handler()

        def on_message(message: Any) -> None:
            self._acks.came(message)
            name = incoming.name(message)
            if self._goes_by_celery(name, message):
                self._leave_to_celery(by_celery, message)
            else:
                self._offer(name, message)

        return on_message

    def _goes_by_celery(self, name: str | None, message: Any) -> bool:
        """A private task does, and a message of the mesh that wants more of Celery than to be handled."""
        ours = name in self._handlers
        if name not in self.strategies or (ours and incoming.is_plain(message)):
            return False
        # What kills and is ours becomes a dead letter there too, of which its canvas is told.
        return (ours or incoming.deaths(message) < POISON) and incoming.suits_celery(message)

    def on_unknown_message(self, body: Any, message: Any) -> None:
        """Celery would reject it, and so would it be lost; the same for the next two."""
        self._offer(None, message)

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._offer(incoming.name(message), message)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._offer(incoming.name(message), message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Its bytes cannot be unpacked as its headers say; they may well be sound as they are."""
        self._acks.came(message)  # kombu finds that out before the message gets to `on_message`
        self._offer(incoming.name(message), message)

    # What remote control asks for is done later, where whatever fails ends the worker, and what is then
    # declared comes again with each connection. So: queues that are the service's, as it declares them.

    def add_task_queue(self, queue: Any, *args: Any, **kwargs: Any) -> None:
        if self._is_ours(queue):
            super().add_task_queue(queue)

    def cancel_task_queue(self, queue: Any) -> None:
        if self._is_ours(queue):
            super().cancel_task_queue(queue)

    def _is_ours(self, queue: Any) -> bool:
        if isinstance(queue, str) and queue in self.app.amqp.queues:
            return True
        log.warning("control.refused", queue=str(queue)[:255])
        return False

    def on_ready(self) -> None:
        super().on_ready()
        if not self.restart_count:
            garbage.rare()
            self.hub.call_repeatedly(1.0, self._beat)  # it outlives connections
            self.hub.call_repeatedly(_LOOK, self.pool.maintain_pool)
        log.info("worker.ready", queues=sorted(self.app.amqp.queues.consume_from))
        self._heartbeat.beat("ready", self._switched.told())

    def _beat(self) -> None:
        for queue, on in self._switched.changes():
            (self.add_task_queue if on else self.cancel_task_queue)(queue)
        away = self.dispatcher.away()
        self._heartbeat.beat("waiting" if away else "ready", away or self._switched.told())

    def on_close(self) -> None:
        # Celery's would have the pool forget what a child has not yet confirmed to have begun. The
        # child handles it all the same, nobody reads its answer, and it waits 30 s for that.
        self.pool.flush = None
        super().on_close()

    def stop(self) -> None:
        self.dispatcher.stop()
        self._heartbeat.beat("stopping")
        super().stop()

    def _leave_to_celery(self, by_celery: Callable[[Any], None], message: Any) -> None:
        """What its code stumbles over is kept. Its request knows a routing key, which a delay or a retry has
        changed, and not the queue, to which another attempt goes."""
        own = {tasks.QUEUE: self._given(message), tasks.DEATHS: incoming.deaths(message)}
        message.headers = {**message.headers, **own}
        try:
            by_celery(message)
        except self.connection_errors:
            raise
        except Exception as error:  # noqa: BLE001 a message may be wrong in more ways than Celery foresaw
            log.warning("message.not_for_celery", message=incoming.name(message), error=repr(error))
            self._offer(incoming.name(message), message)

    def _offer(self, name: str | None, message: Any) -> None:
        raw = incoming.raw(message, self._given(message))
        if revoked and raw.id in revoked:
            log.info("message.revoked", message=name, message_id=raw.id)
            self._acks.settle([message])
            return
        self.dispatcher.offer(name, Waiting(raw, message))

    def _given(self, message: Any) -> str:
        """The queue that a message came from, and that it came is counted."""
        queue, name = self._queue(message), incoming.name(message) or ""
        self._taken[queue][name if name in self._handlers else ""] += 1
        return queue

    def _queue(self, message: Any) -> str:
        """AMQP names the consumer that a message came to, not the queue."""
        info = message.delivery_info or {}
        if "queue" in info:
            return str(info["queue"])
        tag = info.get("consumer_tag", "")
        if tag not in self._by_tag:
            self._learn_tags()
        return self._by_tag.get(tag, "unknown")

    def _held(self) -> Counter[str]:
        return Counter(map(self._queue, self._acks.open()))

    def _learn_tags(self) -> None:
        self._by_tag |= {tag: queue for queue, tag in self.task_consumer._active_tags.items()}

    def _new_dispatcher(self) -> Dispatcher:
        monitor = Monitor(lambda: self.event_dispatcher)
        return Dispatcher(self.pool, self._handlers, self._settle, monitor, self.hub)

    def _settle(self, messages: list[Any]) -> None:
        self._acks.settle(messages)
        self._tune()

    def _tune(self) -> None:
        """Hold as many messages as there is use for: fast ones by the thousand, slow ones one by one, so
        that other workers get them. By steps of two, since RabbitMQ wants to be asked anew."""
        wanted = self.dispatcher.credit()
        held = self.qos.value
        if held / 2 < wanted < held * 2:
            return
        self.qos.value = wanted
        self.qos.update()
        if isinstance(self.task_consumer.channel, amqp.Channel):
            self._learn_tags()
            self.task_consumer.cancel()
            self.task_consumer.consume()
