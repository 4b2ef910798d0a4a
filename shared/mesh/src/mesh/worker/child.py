"""The working side: runs in a child of the pool, or in one of its threads."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import structlog

from contracts import contract_of
from mesh import garbage
from mesh.database import Database
from mesh.delivery import Answer, Deliveries, Handled
from mesh.errors import Unavailable
from mesh.flow.tally import Tally
from mesh.flow.teller import Teller
from mesh.service import Service
from mesh.settings import Settings
from mesh.wire import Raw, names

log = structlog.get_logger(__name__)

_WAIT = 1.0  # seconds between two tries


class Runtime:
    """What is real in this process: opened once, at its first use, after the fork."""

    def __init__(self, service: Service[Any], settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: Deliveries | None = None
        self._stack = ExitStack()

    def deliveries(self) -> Deliveries:
        """Raises Unavailable."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def close(self) -> None:
        self._stack.close()

    def _open(self) -> Deliveries:
        service, settings = self._service, self._settings
        size = settings.concurrency or service.concurrency
        database = Database(settings.database_url, f"{service.name}-worker", size)
        database.open()
        self._stack.callback(database.close)
        deps = self._stack.enter_context(service.wiring(settings))
        garbage.rare()
        return Deliveries(service.consumer, database, deps, self._tally(database))

    def _tally(self, database: Database) -> Tally | None:
        if self._service.flow is None:
            return None
        tally = Tally(silent=contract_of(self._service.flow).name)
        teller = Teller(tally, database)
        teller.start()
        self._stack.callback(teller.stop)  # before what it needs is closed
        return tally


_runtime: Runtime | None = None


def configure(service: Service[Any], settings: Settings) -> None:
    """Say what this process works for. Opens nothing: children inherit it through the fork."""
    global _runtime
    _runtime = Runtime(service, settings)


def close() -> None:
    """Close what was opened in this process."""
    if _runtime:
        _runtime.close()


def answer(name: str, raw: Raw) -> Answer:
    """Handle one message whose sender waits for what becomes of it. Waits itself for what is away."""
    return _patiently(lambda deliveries: deliveries.answer(name, raw))


def known(raw: Raw) -> Answer:
    """What became of a message that is not to be handled any more. Waits itself for what is away."""
    return _patiently(lambda deliveries: deliveries.known(raw))


def _patiently(ask: Callable[[Deliveries], Answer]) -> Answer:
    if _runtime is None:
        raise RuntimeError("child.configure comes first")
    while True:
        try:
            return ask(_runtime.deliveries())
        except Unavailable as error:
            log.warning("worker.waiting", error=str(error))
            time.sleep(_WAIT)


class Fault(NamedTuple):
    """Something of ours failed over a chunk: its messages are treated as if they had killed the process."""

    error: str


class Away(NamedTuple):
    """What the handlers need is away: nothing was done."""

    error: str


def run(name: str | None, chunk: list[Raw], budget: float) -> Handled | Fault | Away:
    """Handle a chunk, for about `budget` seconds.

    Raises nothing: a pool of threads would keep an exception to itself.
    """
    if _runtime is None:
        raise RuntimeError("child.configure comes first")
    try:
        return _runtime.deliveries().handle(name, chunk, budget)
    except Unavailable as error:
        log.warning("worker.waiting", error=str(error))
        return Away(str(error))
    except Exception as error:
        log.exception("chunk.failed", message=name and names(chunk), messages=len(chunk))
        return Fault(repr(error))
