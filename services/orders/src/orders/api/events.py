"""/v1/events and /v1/orders/{id}/events: what becomes of orders, as it happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import Field, model_validator

from mesh import AsyncTx, Unavailable
from orders import domain, examples
from orders.api.bell import Bell
from orders.api.operation import EVENTS, Call, Operations
from orders.api.problems import EVENTS_GONE, TOO_MANY_STREAMS, Problem
from orders.api.server import Connection
from orders.api.state import BELL, DATABASE, KEYRING
from orders.api.streaming import begun
from orders.documents import Document
from orders.domain import EventType, Status
from orders.examples import example
from orders.fields import listed
from orders.keys import Scope
from orders.store import events, orders
from orders.store.events import START, Position
from orders.usecases import telling

MOST = 100
"""Streams of one account, in one process."""
_PAGE = 100  # events that one stream has in memory
_HEARTBEAT = 15.0  # seconds: proxies take a connection that is silent for half a minute or more for dead
_SHORTEST, _LONGEST = 0.02, 1.0  # seconds until a transaction that an event waits for may have ended
_REST = 0.05  # seconds, in which the next ones gather: each look is a query
_RETRY = 1000  # milliseconds until a client that is cut off comes again
_TAKEN_WITHIN = 30.0  # seconds for a client to take what it was sent

api = Operations()


class Following(Document):
    """Which events."""

    type: list[EventType] = Field(default=[])
    """Any of these; may be given again. Left out: all."""

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: dict[str, Any]) -> dict[str, Any]:
        return listed("type", given)


class OrderFacts(Document, extra="allow", json_schema_extra=example(examples.FACTS)):
    """The order as it was then. A type of event may tell more, in fields of its own."""

    order_id: UUID
    """Which order."""
    status: Status
    """Where it was on its way."""
    version: int
    """Of the order, after what happened."""
    currency: str
    """Of all amounts: three letters of ISO 4217."""
    total: int
    """Of all lines, in minor units."""
    refunded: int
    """How much of the total was given back until then, in minor units."""


class EndpointFacts(Document, json_schema_extra=example(examples.ENDPOINT_FACTS)):
    """A webhook that was disabled."""

    webhook_id: UUID
    """Which webhook."""
    why: str
    """For people: what was wrong with it."""


class ImportFacts(Document, json_schema_extra=example(examples.IMPORT_FACTS)):
    """An import that has ended."""

    job_id: UUID
    """Which import: its job."""
    placed: int
    """Orders that were."""
    failed: int
    """Orders that were not."""


class Event(Document, json_schema_extra=example(examples.EVENT)):
    """What became of an order, a webhook or an import."""

    type: EventType
    """What happened."""
    timestamp: datetime
    """When."""
    data: OrderFacts | EndpointFacts | ImportFacts
    """What it is about, as it was then."""


@api.stream("/v1/events", query=Following, answer=Event)
async def follow_events(call: Call[Following]) -> web.StreamResponse:
    """Follow what becomes of your orders.

    Server-sent events, from now on, or from behind the one that `Last-Event-ID` names. Whichever process of
    ours you are connected to, you see what all of them do.
    """
    return await _Stream(call).answer(None)


@api.stream("/v1/orders/{id}/events", query=Following, answer=Event)
async def follow_order(call: Call[Following]) -> web.StreamResponse:
    """Follow what becomes of one order, from its beginning."""
    return await _Stream(call).answer(call.target.id)


class _Stream:
    """One client that follows."""

    def __init__(self, call: Call[Following]) -> None:
        self._call = call
        self._app = call.request.app
        self._account = call.key.account

    async def answer(self, order_id: UUID | None) -> web.StreamResponse:
        """When it has ended. Raises Problem and Unknown before it begins."""
        bell = self._app[BELL]
        if bell.listeners(self._account) >= MOST:
            raise TOO_MANY_STREAMS.problem()
        with bell.heard(self._account) as rung:
            assert isinstance(self._call.request.protocol, Connection)
            self._call.request.protocol.when_lost = rung.set
            async with self._app[DATABASE].begin() as tx:
                position = await self._start(tx, order_id)
            unbuffered = {"X-Accel-Buffering": "no"}  # nginx would gather
            async with begun(self._call.request, EVENTS, **unbuffered) as response:
                await _send(response, f"retry: {_RETRY}\nid: {position}\n\n")
                with suppress(Unavailable, Problem):  # a client comes again with its last id
                    async for seen, found in self._following(bell, rung, position, order_id):
                        await _send(response, "".join(map(_written, found)) or f"id: {seen}\n\n")
        return response

    async def _start(self, tx: AsyncTx, order_id: UUID | None) -> Position:
        if order_id and not await orders.find(tx, self._account, order_id):
            raise domain.Unknown("order")
        last = self._call.request.headers.get("Last-Event-ID")
        if last is None:
            return START if order_id else await events.end(tx)
        position = Position.read(last)
        if position is None or not await events.reaches(tx, position):
            raise EVENTS_GONE.problem()
        return position

    async def _following(
        self, bell: Bell, rung: asyncio.Event, position: Position, order_id: UUID | None
    ) -> AsyncIterator[tuple[Position, list[events.Event]]]:
        """What there is, then what comes; nothing, now and then, when nothing comes. And how far that is."""
        types, pause = self._call.body.type, _SHORTEST
        while not bell.is_down and self._call.request.transport:
            rung.clear()
            page = await self._page(position, order_id)
            if page.events:
                position, pause = page.events[-1].position, _SHORTEST
                yield position, [event for event in page.events if not types or event.type in types]
                await asyncio.sleep(_REST)
            elif not page.settled:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST)
            elif not await _rings(rung, _HEARTBEAT):
                yield position, []

    async def _page(self, position: Position, order_id: UUID | None) -> events.Page:
        await self._app[KEYRING].key(self._call.request, Scope.READ)  # it may have been revoked
        async with self._app[DATABASE].read() as tx:
            return await events.after(tx, self._account, position, _PAGE, order_id)


def _written(event: events.Event) -> str:
    return f"id: {event.position}\nevent: {event.type}\ndata: {telling.document(event)}\n\n"


async def _send(response: web.StreamResponse, text: str) -> None:
    """Raises TimeoutError for a client that does not take it."""
    async with asyncio.timeout(_TAKEN_WITHIN):
        await response.write(text.encode())


async def _rings(rung: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await rung.wait()
    except TimeoutError:
        return False
