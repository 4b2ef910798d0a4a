"""Connections to the service's own PostgreSQL: one driver for threads and for asyncio."""

import asyncio
import select
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg import AsyncConnection, AsyncCursor, BaseConnection, Connection, Cursor
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from mesh.errors import Unavailable
from mesh.timelimit import TimeLimit

log = structlog.get_logger(__name__)

Tx = Connection[Any]
AsyncTx = AsyncConnection[Any]

LOST = psycopg.OperationalError
"""What a statement raises when the server, or the way to it, is gone."""

_OPTIONS: dict[str, Any] = {
    "autocommit": True,  # a transaction is a `with`, never a leftover
    "prepare_threshold": 1,  # the same few statements for ever
    "connect_timeout": 5,
    # A lost server is noticed within 15 s instead of the kernel's two hours.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "options": "-c idle_in_transaction_session_timeout=60s -c statement_timeout=60s",
}
_STEADY = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
"""An API's statements touch few rows, through an index. They are planned once, and alike however many there
are: a plan that was made for a small table is kept when that grows, and reads all of it (decision 0021)."""
_UNFINISHED = {TransactionStatus.INTRANS, TransactionStatus.INERROR}
_WAIT = 5.0  # seconds for a connection before the database counts as away
_RECONNECT = 1.0
"""Seconds for which a pool tries to replace a connection by itself: its pauses double, up to minutes.
After that each request makes it try anew, so that it is back as soon as the database is."""


def connect(url: str, name: str) -> Tx:
    """One connection, for a process that needs just one. Raises Unavailable."""
    try:
        return Connection.connect(url, application_name=name, **_OPTIONS)
    except psycopg.OperationalError as error:
        raise Unavailable(f"database: {error}") from error


class Database:
    """The connections of a worker, one for each thread that asks."""

    def __init__(self, url: str, name: str, size: int) -> None:
        options = {**_OPTIONS, "application_name": name}
        self._pool = ConnectionPool(
            url,
            kwargs=options,
            min_size=1,
            max_size=size,
            timeout=_WAIT,
            reconnect_timeout=_RECONNECT,
            check=_check,
            open=False,
        )

    def open(self) -> None:
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Tx]:
        """A connection, given back afterwards. Raises Unavailable, also when it is lost in use, or when
        the server's disk is full."""
        try:
            with self._pool.connection() as connection:
                try:
                    yield connection
                except psycopg.OperationalError as error:
                    if connection.broken or isinstance(error, psycopg.errors.DiskFull):
                        raise Unavailable(f"database: {error}") from error
                    raise
        except PoolTimeout as error:
            raise Unavailable("database: no connection within 5 s") from error


class Usage(NamedTuple):
    """What a pool's connections are doing."""

    used: int
    idle: int
    waiting: int
    """Those who wait for one."""


class AsyncDatabase:
    """The connections of an API."""

    def __init__(self, url: str, name: str, size: int) -> None:
        self._url = url
        self._options = {**_OPTIONS, "application_name": name, "options": _OPTIONS["options"] + _STEADY}
        self._pool = AsyncConnectionPool(
            url,
            kwargs=self._options,
            min_size=1,
            max_size=size,
            timeout=_WAIT,
            reconnect_timeout=_RECONNECT,
            check=_check_async,
            open=False,
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    def usage(self) -> Usage:
        """At this moment."""
        stats = self._pool.get_stats()
        idle = stats["pool_available"]
        return Usage(stats["pool_size"] - idle, idle, stats["requests_waiting"])

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncTx]:
        """One transaction: committed at the end, rolled back by an error. Raises Unavailable."""
        async with self.read() as connection, _transaction_async(connection):
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncTx]:
        """A connection to read from: each statement sees what was committed when it began, as in `begin`.

        Without BEGIN and COMMIT, which take longer than to read one row. Whatever writes needs `begin`.
        Raises Unavailable.
        """
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise Unavailable(f"database: {error}") from error

    async def heard(self, channel: str) -> AsyncIterator[str]:
        """What is told on that channel, for ever, on a connection of its own.

        The first value is "", and so is the first after each gap: something may have been missed.
        """
        while True:
            try:
                async with await AsyncConnection.connect(self._url, **self._options) as connection:
                    await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                    yield ""
                    async for told in connection.notifies():
                        yield told.payload
            except psycopg.OperationalError as error:
                log.warning("channel.silent", channel=channel, error=str(error))
            await asyncio.sleep(_RECONNECT)


@contextmanager
def transaction(connection: Tx) -> Iterator[None]:
    """One transaction: committed at the end, rolled back by an error.

    A statement that outlasts its message's time limit is cancelled. Pipelined: begin, statements and commit
    are one round trip, unless a result is asked for. So what a statement raises comes at the end, if not
    before. psycopg's own `transaction()` in a pipeline waits for the server three more times, which took half
    as long again. Where an error was caught inside, and the rest went on, PostgreSQL answers COMMIT with
    ROLLBACK: that is an error, too.
    """
    try:
        with connection.pipeline():
            connection.execute("BEGIN")
            try:
                yield
            except TimeLimit:
                with suppress(psycopg.Error):  # it is for speed: leaving the pipeline would wait for the end
                    connection.cancel_safe(timeout=_WAIT)
                raise
            end = connection.execute("COMMIT")
        _refuse_rolled_back(end)
    finally:
        if connection.info.transaction_status in _UNFINISHED:
            connection.rollback()


@asynccontextmanager
async def _transaction_async(connection: AsyncTx) -> AsyncIterator[None]:
    try:
        async with connection.pipeline():
            await connection.execute("BEGIN")
            yield
            end = await connection.execute("COMMIT")
        _refuse_rolled_back(end)
    finally:
        if connection.info.transaction_status in _UNFINISHED:
            await connection.rollback()


def _refuse_rolled_back(end: Cursor[Any] | AsyncCursor[Any]) -> None:
    if end.statusmessage != "COMMIT":
        raise psycopg.errors.InFailedSqlTransaction(
            "rolled back: a statement of it failed, and who caught that error went on"
        )


def _check(connection: BaseConnection[Any]) -> None:
    """A connection from the pool is sound, or the pool makes another. Asks the kernel, not the server:
    an idle connection that has something to read was told goodbye, or worse."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if poll.poll(0):
        connection.pgconn.finish()  # or the pool would hand it out again
        raise psycopg.OperationalError("the server spoke unasked")


async def _check_async(connection: AsyncTx) -> None:
    _check(connection)
