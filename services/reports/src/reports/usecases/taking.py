"""Files in a folder: each is taken in a transaction of its own, and moved when that is committed.

So this is the one use case that commits, and for a handler it is an effect. Whatever ends it, a file is taken
once: until it is moved, it is known by its digest.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog

from mesh import Effect, Tx
from mesh.files import FileStore
from reports.sources.folder import SETTLED, Changed, Dropped, DroppedFile
from reports.sources.orders_csv import Unreadable
from reports.usecases import importing
from reports.usecases.importing import Taken

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where files of orders are handed in."""

    folder: Dropped
    connected: Callable[[], AbstractContextManager[Tx]]
    """Opens a connection of its own."""
    files: FileStore | None
    """Where they are kept as they came."""
    settled: float = SETTLED
    """Seconds without a change after which one is taken for whole."""


def look(counter: Counter | None) -> Effect[None] | None:
    """Take what lies there; nothing, where there is no folder."""
    if counter is None:
        return None
    return Effect(perform=lambda: _log(take(counter)), then=lambda tx, _: None)


def take(counter: Counter) -> Iterator[tuple[str, Taken | str]]:
    """Take what lies in the folder. What is too new to be taken for whole is waited for, once.

    Yields the name of each file, with what came of it, or why it is refused. Raises Unavailable.
    """
    yield from _take(counter)
    if counter.folder.unsettled:
        time.sleep(counter.settled)
        yield from _take(counter)


def _take(counter: Counter) -> Iterator[tuple[str, Taken | str]]:
    for file in counter.folder.ready(counter.settled):
        try:
            taken = _taken(file, counter)
        except Unreadable as error:
            file.refused(str(error))
            yield file.name, str(error)
        except Changed:
            continue
        else:
            file.taken(taken.why)
            yield file.name, taken


def _taken(file: DroppedFile, counter: Counter) -> Taken:
    with counter.connected() as tx:
        with tx.transaction():
            if importing.is_known(tx, file.digest):
                return Taken()
        importing.store(file.opened(), file.name, counter.files)
        found = importing.read(file.opened())
        with tx.transaction():
            taken = importing.take(found, file.digest, file.name, tx)
            file.check()
            return taken


def _log(found: Iterator[tuple[str, Taken | str]]) -> None:
    """What was refused has told so itself."""
    for name, taken in found:
        if isinstance(taken, Taken):
            log.info("orders.imported", file=name, orders=taken.orders, new=taken.new, faults=taken.faults)
