"""/v1/events and /v1/orders/{id}/events: what becomes of orders, as it happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import Field, model_validator

from mesh import AsyncTx, Unavailable
from orders import domain, examples
from orders.api.bell import Bell
from orders.api.operation import EVENTS, Call, Operations
from orders.api.pages import Page, Told
from orders.api.problems import EVENTS_GONE, TOO_MANY_STREAMS, Problem
from orders.api.server import Connection
from orders.api.state import BELL, DATABASE, KEYRING, PAGES
from orders.api.streaming import begun
from orders.documents import Document
from orders.domain import EventType, Status
from orders.examples import example
from orders.fields import listed
from orders.keys import Scope
from orders.store import events, orders
from orders.store.events import START, Position

MOST = 100
"""Streams of one account, in one process."""
_HEARTBEAT = 15.0  # seconds: proxies take a connection that is silent for half a minute or more for dead
_SHORTEST, _LONGEST = 0.02, 1.0  # seconds until a transaction that an event waits for may have ended
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


class ReportFacts(Document, json_schema_extra=example(examples.REPORT_FACTS)):
    """A report that was made."""

    job_id: UUID
    """Which report: its job."""
    name: str
    """What a person would save its file as."""
    media_type: str
    """What it is written in."""
    size: int
    """In bytes."""


class Event(Document, json_schema_extra=example(examples.EVENT)):
    """What became of an order, a webhook, an import or a report."""

    type: EventType
    """What happened."""
    timestamp: datetime
    """When."""
    data: OrderFacts | EndpointFacts | ImportFacts | ReportFacts
    """What it is about, as it was then."""


@api.stream("/v1/events", query=Following, answer=Event)
async def follow_events(call: Call[Following]) -> web.StreamResponse:
    """Follow what becomes of your orders.

    Server-sent events, from now on, or from behind the one that `Last-Event-ID` names. Whichever process of
    ours you are connected to, you see what all of them do.
    """
    return await _Stream(call, None).answer()


@api.stream("/v1/orders/{id}/events", query=Following, answer=Event)
async def follow_order(call: Call[Following]) -> web.StreamResponse:
    """Follow what becomes of one order, from its beginning."""
    return await _Stream(call, call.target.id).answer()


class _Stream:
    """One client that follows."""

    def __init__(self, call: Call[Following], order_id: UUID | None) -> None:
        self._call = call
        self._app = call.request.app
        self._account = call.key.account
        self._order_id = order_id
        self._is_apart = order_id is not None
        """Whether it still reads its order's past, before it goes on with its account's other streams."""

    async def answer(self) -> web.StreamResponse:
        """When it has ended. Raises Problem and Unknown before it begins."""
        bell = self._app[BELL]
        if bell.listeners(self._account) >= MOST:
            raise TOO_MANY_STREAMS.problem()
        with bell.heard(self._account) as rung:
            assert isinstance(self._call.request.protocol, Connection)
            self._call.request.protocol.when_lost = rung.set
            async with self._app[DATABASE].begin() as tx:
                position = await self._start(tx)
            unbuffered = {"X-Accel-Buffering": "no"}  # nginx would gather
            async with begun(self._call.request, EVENTS, **unbuffered) as response:
                await _send(response, f"retry: {_RETRY}\nid: {position}\n\n")
                with suppress(Unavailable, Problem):  # a client comes again with its last id
                    async for seen, text in self._following(bell, rung, position):
                        await _send(response, text or f"id: {seen}\n\n")
        return response

    async def _start(self, tx: AsyncTx) -> Position:
        if self._order_id and not await orders.find(tx, self._account, self._order_id):
            raise domain.Unknown("order")
        last = self._call.request.headers.get("Last-Event-ID")
        if last is None:
            return START if self._order_id else await events.end(tx)
        position = Position.read(last)
        if position is None or not await events.reaches(tx, position):
            raise EVENTS_GONE.problem()
        return position

    async def _following(
        self, bell: Bell, rung: asyncio.Event, position: Position
    ) -> AsyncIterator[tuple[Position, str]]:
        """What there is, then what comes; nothing, now and then, when nothing comes. And how far that is."""
        pause, due = _SHORTEST, monotonic() + _HEARTBEAT
        while not bell.is_down and self._call.request.transport:
            rung.clear()
            page = await self._page(position)
            position = page.upto
            text = "".join(told.text for told in page.events if self._wants(told))
            if text or monotonic() >= due:
                yield position, text
                due = monotonic() + _HEARTBEAT
            if page.events or page.settled:
                pause = _SHORTEST
            if not page.settled:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST)
            elif not page.more:
                await _rings(rung, due - monotonic())

    async def _page(self, position: Position) -> Page:
        await self._app[KEYRING].key(self._call.request, Scope.READ)  # it may have been revoked
        if not (self._order_id and self._is_apart):
            return await self._app[PAGES].of_account(self._account, position)
        page = await self._app[PAGES].of_order(self._account, position, self._order_id)
        self._is_apart = page.more or not page.settled
        return page

    def _wants(self, told: Told) -> bool:
        types = self._call.body.type
        return self._order_id in (None, told.order_id) and (not types or told.type in types)


async def _send(response: web.StreamResponse, text: str) -> None:
    """Raises TimeoutError for a client that does not take it."""
    async with asyncio.timeout(_TAKEN_WITHIN):
        await response.write(text.encode())


async def _rings(rung: asyncio.Event, seconds: float) -> None:
    """Or so many seconds have passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await rung.wait()
