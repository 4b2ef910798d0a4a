"""Celery, configured: the one place. Every setting is here for a reason, and has it beside it."""

import os
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from celery import Celery, signals
from kombu import Queue

from contracts import DEFAULT_LANE
from mesh import beat, broker, context, log, topology
from mesh.announcer import Announcer
from mesh.broker import TIMEOUT
from mesh.health import Heartbeat
from mesh.service import Service
from mesh.settings import Settings
from mesh.worker import child, compression, inspection, overruled, tasks
from mesh.worker.routes import Routes

_FIRST_CREDIT = 64
"""Messages that a worker may hold unacknowledged, before it knows which come and what they cost."""

_COMMON: dict[str, Any] = {
    # A broker that is late is waited for, at the start as later.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": TIMEOUT,
    # Seconds. A connection that is dead and open is given up after two to three of these, by both sides,
    # and what was on its way there comes again. RabbitMQ advises against less than 5: what is merely
    # busy would count as dead.
    "broker_heartbeat": 10,
    "task_create_missing_queues": False,  # a misspelt queue is an error, not a new queue
    # A message belongs to the broker until it has been handled.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # A connection that is lost must not end work whose commit makes the redelivery harmless.
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # Lowering the prefetch while a connection comes back would never raise it again for quorum queues.
    "worker_enable_prefetch_count_reduction": False,
    "worker_consumer": "mesh.worker.intake:Intake",
    # Children inherit the service through it; nothing is open at that moment.
    "worker_pool_start_method": "fork",
    # JSON alone: a pickle from the broker would be somebody else's code.
    "task_serializer": "json",
    "result_serializer": "json",
    "accept_content": ["json"],
    "result_expires": 24 * 3600,  # seconds
    # Celery waits two minutes for an answer of the Redis of results, for a connection as long as the system
    # does. A step is begun without it. What it has to be told of one that is done is tried until it is:
    # else what is committed would end as a failure.
    "redis_socket_timeout": TIMEOUT,
    "redis_socket_connect_timeout": TIMEOUT,
    "result_backend_always_retry": True,
    # An exclusive queue, Celery's default, is locked while RabbitMQ still believes in a connection
    # that is dead: the worker that comes back would end with RESOURCE_LOCKED.
    "control_queue_exclusive": False,
    "control_queue_durable": True,  # RabbitMQ 4.3 refuses what is neither; it expires when unused
    # Task events cost a third to a half of the drain rate (design, section 10): until they are asked for.
    "worker_send_task_events": False,
    # The mesh's logging, not Celery's, and no print captured as a warning.
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "enable_utc": True,
    "timezone": "UTC",
}
"""Settings that depend on neither the service nor its own settings."""


_RESULTS = "mesh.worker.results:Results"


@dataclass(frozen=True)
class Mesh:
    """What the app carries for the intake."""

    service: Service[Any]
    settings: Settings
    heartbeat: Heartbeat
    announcer: Announcer
    lanes: Mapping[str, Sequence[str]]
    """The names of the service's queues, by lane."""


def celery_app(service: Service[Any], settings: Settings, lanes: Collection[str] = ()) -> Celery:
    """The Celery app of a service, for a worker of these lanes (none named: of all). Connects to nothing.

    `celery -A <service>.main …` and `<service> worker` use the same one.
    """
    broker.register()
    compression.bound()
    inspection.register()
    overruled.register()
    context.identify(service.producer, service.sends)
    app = Celery(service.name, set_as_current=True)
    app.loader.override_backends = dict.fromkeys(("redis", "rediss"), _RESULTS)
    app.conf.update(_configuration(service, settings))
    tasks.register(app, service.consumer.handlers)
    app.conf.task_routes = [Routes(private=app.tasks.keys() - service.consumer.handlers.keys())]
    announcer = Announcer(service, settings.broker_url, "worker", [q.name for q in _queues(service, lanes)])
    heartbeat = Heartbeat(settings.health_dir, service.name, "worker", announcer)
    lanes_of = {lane: [q.name for q in _queues(service, [lane])] for lane in service.consumer.lanes()}
    app.mesh = Mesh(service, settings, heartbeat, announcer, lanes_of)
    child.configure(service, settings)
    _connect_signals(service, settings)
    return app


def run(service: Service[Any], settings: Settings, lanes: Collection[str] = ()) -> int:
    """Run a worker of these lanes (none named: of all) until it is told to stop. Returns the exit code.

    Raises RefusedAtStart for a lane that nothing travels in.
    """
    queues = [queue.name for queue in _queues(service, lanes)]
    app = celery_app(service, settings, lanes)
    app.mesh.heartbeat.beat("starting")
    worker = app.Worker(
        # A name of its own: workers of one name would share one control queue, and each get half of it.
        hostname=f"{service.name}-{os.getpid()}@{socket.gethostname()}",
        queues=queues,
        quiet=True,
        loglevel=settings.log_level.upper(),
        optimization="fair",  # a chunk goes to a child that is idle, never behind another chunk
        # Workers need not know of each other.
        without_gossip=True,
        without_mingle=True,
        heartbeat_interval=5.0,  # seconds between two events for Flower and `celery events`: here I am
    )
    worker.start()
    child.close()
    app.mesh.heartbeat.end()
    return int(worker.exitcode or 0)


def _configuration(service: Service[Any], settings: Settings) -> dict[str, Any]:
    """With what every worker has."""
    url, options = broker.for_kombu(settings.broker_url)
    concurrency = settings.concurrency or service.concurrency
    return {
        **_COMMON,
        "broker_url": url,
        "broker_transport_options": options,
        "task_queues": _queues(service),
        # Private tasks of a service: its own queue, not the `celery` that all apps share.
        "task_default_queue": service.name,
        "worker_prefetch_multiplier": max(1, _FIRST_CREDIT // concurrency),
        "worker_pool": settings.pool or service.pool,
        "worker_concurrency": concurrency,
        # Bounded memory: a child that had more is replaced after its chunk (in KiB).
        "worker_max_memory_per_child": 1024 * (settings.memory_per_child or service.memory),
        # Results are events and rows. A backend is for canvas, and for clients that ask for results: what
        # the outbox sends never writes to it.
        "result_backend": settings.result_url,
        "task_ignore_result": settings.result_url is None,
        # Two services on one broker must not obey each other's remote control.
        "control_exchange": f"{service.name}.control",
        "event_exchange": f"{service.name}.events",
        "event_queue_prefix": f"{service.name}.celeryev",
        **beat.configuration(service, settings),
    }


def _queues(service: Service[Any], lanes: Collection[str] = ()) -> list[Queue]:
    """Of the lanes that are named, else all. Private tasks are of the default lane."""
    queues = service.consumer.queues(lanes)
    if not lanes or DEFAULT_LANE in lanes:
        queues.append(topology.private_queue(service.name))
    return queues


def _connect_signals(service: Service[Any], settings: Settings) -> None:
    @signals.setup_logging.connect(weak=False)
    def on_setup_logging(**_: Any) -> None:
        log.configure(settings, service.producer, "worker")

    @signals.worker_process_shutdown.connect(weak=False)
    def on_child_stop(**_: Any) -> None:
        child.close()
