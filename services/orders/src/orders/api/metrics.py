"""What is counted and measured, in Prometheus' words."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from mesh.database import Usage
from orders.domain import Refused
from orders.store.answers import Answer

_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_GROUPS = (1, 2, 5, 10, 20, 50, 100)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Others are "other": a client can think of as many as it likes."""


Together = Literal["livesum", "livemax", "livemin", "liveall"]
"""What becomes of a gauge that several processes have: those that live are added, or one or all are shown."""


class Metrics:
    """Those of one process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each, unread
        self.registry = CollectorRegistry()
        self._handled: dict[tuple[str, str, int], Counter] = {}
        self._timed: dict[tuple[str, str], Histogram] = {}
        self._requests = self._counter("http_requests", "Answered requests.", "operation", "method", "status")
        self._seconds = self._histogram(
            "http_request_seconds", "Until the answer was sent.", _LATENCIES, "operation", "method"
        )
        self._gone = self._counter("http_clients_gone", "Clients that went before they had their answer.")
        self._placed = self._counter("placed", "New orders.")
        self._group = self._histogram("placements_per_commit", "Placements in one transaction.", _GROUPS)
        self.lag = self._histogram("event_loop_lag_seconds", "By how much the loop is late.", _LAGS)
        self._in_flight = self._gauge("http_requests_in_flight", "Requests that are being worked on.")
        self._used = self._gauge("database_connections_used", "Connections at work, or being opened.")
        self._idle = self._gauge("database_connections_idle", "Connections that wait for work.")
        self._waiting = self._gauge("database_waiting", "Requests that wait for a connection.")
        build = self._gauge("build_info", "Always 1.", "livemax", "version", "python")
        build.labels(version("meshwork-orders"), platform.python_version()).set(1)

    def handled(
        self, operation: str, method: str, status: int, seconds: float | None, *, gone: bool = False
    ) -> None:
        """A request. `seconds` None: how long it took says nothing."""
        if method not in _METHODS:
            method = "other"
        self._count(operation, method, status).inc()
        if seconds is not None:
            self._time(operation, method).observe(seconds)
        if gone:
            self._gone.inc()

    def committed(self, told: Sequence[Answer | Refused]) -> None:
        """What came of the placements of one transaction."""
        self._group.observe(len(told))
        if new := sum(isinstance(each, Answer) and not each.again for each in told):
            self._placed.inc(new)

    def now(self, in_flight: int, database: Usage) -> None:
        """How things stand."""
        self._in_flight.set(in_flight)
        self._used.set(database.used)
        self._idle.set(database.idle)
        self._waiting.set(database.waiting)

    def _count(self, *labels: *tuple[str, str, int]) -> Counter:
        """Looked up here: the library writes each label as text and takes a lock first."""
        if (found := self._handled.get(labels)) is None:
            found = self._handled[labels] = self._requests.labels(*labels)
        return found

    def _time(self, *labels: *tuple[str, str]) -> Histogram:
        if (found := self._timed.get(labels)) is None:
            found = self._timed[labels] = self._seconds.labels(*labels)
        return found

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"orders_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"orders_{name}", about, labels, buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, about: str, together: Together = "livesum", *labels: str) -> Gauge:
        return Gauge(f"orders_{name}", about, labels, multiprocess_mode=together, registry=self.registry)
