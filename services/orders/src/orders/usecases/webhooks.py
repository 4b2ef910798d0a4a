"""Webhooks: who gets which event, and what comes of sending it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog

from contracts import uuid7
from mesh import AsyncTx
from orders.domain import EventType, Unknown
from orders.store import deliveries, endpoints, events
from orders.store.deliveries import Settled
from orders.store.endpoints import Reader
from orders.store.events import Event
from orders.usecases import telling
from orders.webhooks import (
    GIVEN_UP_AFTER,
    MOST_ENDPOINTS,
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    TooMany,
    new_secret,
    pause,
)

log = structlog.get_logger(__name__)

TEST = "webhook.test"

_PAGE = 100  # events for one endpoint in one transaction


class Sent(NamedTuple):
    """A delivery that was tried."""

    endpoint: Endpoint
    delivery: Delivery
    attempt: Attempt


async def register(
    account: str, url: str, types: Sequence[EventType], description: str | None, tx: AsyncTx
) -> Endpoint:
    """Raises TooMany."""
    if len(await endpoints.of(tx, account)) >= MOST_ENDPOINTS:
        raise TooMany
    endpoint = Endpoint(
        uuid7(), account, url, tuple(types), description, new_secret(), enabled=True, created_at=_now()
    )
    await endpoints.add(tx, endpoint, await events.end(tx))
    return endpoint


async def change(account: str, id: UUID, tx: AsyncTx, **wanted: object) -> Endpoint:
    """Some of its fields. One that is enabled again goes on where it was. Raises Unknown."""
    before = await endpoints.lock(tx, account, id)
    if before is None:
        raise Unknown("webhook")
    after = replace(before, **wanted)  # type: ignore[arg-type] # its fields: the document has checked them
    fresh = after.enabled and (not before.enabled or after.url != before.url)
    if fresh:
        after = replace(after, failing_since=None, disabled_why=None)
    await endpoints.change(tx, after, fresh=fresh)
    await events.ring(tx, account)
    return after


async def known(account: str, id: UUID, tx: AsyncTx) -> Endpoint:
    """Raises Unknown."""
    endpoint = await endpoints.find(tx, account, id)
    if endpoint is None:
        raise Unknown("webhook")
    return endpoint


async def test(endpoint: Endpoint, tx: AsyncTx) -> Delivery:
    """Send it an event that is about nothing."""
    event_id = str(uuid7())
    body = telling.written(TEST, _now(), {"webhook_id": str(endpoint.id)})
    delivery = _delivery(endpoint, event_id, TEST, body)
    await deliveries.add(tx, delivery)
    await events.ring(tx, endpoint.account)
    return delivery


async def resend(endpoint: Endpoint, id: UUID, tx: AsyncTx) -> Delivery:
    """Raises Unknown."""
    delivery = await deliveries.again(tx, endpoint.id, id)
    if delivery is None:
        raise Unknown("delivery")
    await events.ring(tx, endpoint.account)
    return delivery


async def fan_out(account: str, behind: UUID, limit: int, tx: AsyncTx) -> tuple[UUID | None, bool]:
    """Give endpoints the settled events that they want, page by page.

    Returns the last of these endpoints (None: there is none behind it), and whether all is given; else it is
    worth to look again soon.
    """
    readers = await endpoints.readers(tx, account, behind, limit)
    done = [reader is not None and await _give(reader, tx) for reader in readers.values()]
    return (max(readers) if len(readers) == limit else None), all(done)


async def _give(reader: Reader, tx: AsyncTx) -> bool:
    endpoint = reader.endpoint
    page = await events.after(tx, endpoint.account, reader.position, _PAGE)
    wanted = [event for event in page.events if not endpoint.types or event.type in endpoint.types]
    await deliveries.add(tx, *(_of_event(endpoint, event) for event in wanted))
    if page.events:
        await endpoints.move(tx, endpoint.id, page.events[-1].position)
    return page.settled and len(page.events) < _PAGE


async def settle(sent: Sequence[Sent], tx: AsyncTx) -> list[None]:
    """Keep what came of attempts; an endpoint that fails for too long is disabled, and its account told."""
    await deliveries.settle(tx, list(map(_settled, sent)))
    failed = {s.endpoint.id for s in sent if s.attempt.error}
    took = {s.endpoint.id for s in sent if not s.attempt.error}
    await endpoints.took(tx, took)
    await endpoints.failed(tx, failed - took, _now())
    for endpoint, why in _given_up(sent, took):
        await _disable(endpoint, why, tx)
    return [None] * len(sent)


def _settled(sent: Sent) -> Settled:
    _, delivery, attempt = sent
    if not attempt.error:
        return Settled(delivery, attempt, DeliveryState.SUCCEEDED, 0)
    failures = delivery.failures + 1
    after = pause(failures, random.random(), attempt.retry_after)
    if after is None:
        return Settled(delivery, attempt, DeliveryState.FAILED, failures)
    return Settled(delivery, attempt, DeliveryState.PENDING, failures, after)


def _given_up(sent: Sequence[Sent], took: set[UUID]) -> Iterator[tuple[Endpoint, str]]:
    long_ago = _now() - GIVEN_UP_AFTER
    for endpoint, _, attempt in sent:
        if attempt.refused_for_good:
            yield endpoint, "It answered 410: nobody wants these events any more."
        elif endpoint.id not in took and (since := endpoint.failing_since) and since < long_ago:
            yield endpoint, f"It has taken nothing since {since:%Y-%m-%d %H:%M} UTC."


async def _disable(endpoint: Endpoint, why: str, tx: AsyncTx) -> None:
    if await endpoints.disable(tx, endpoint, why):
        log.warning("webhook.disabled", webhook_id=str(endpoint.id), account=endpoint.account, why=why)
        data = {"webhook_id": str(endpoint.id), "why": why}
        event = Event(endpoint.account, None, EventType.ENDPOINT_DISABLED, _now(), data)
        await events.add(tx, event)


def _of_event(endpoint: Endpoint, event: Event) -> Delivery:
    return _delivery(endpoint, str(event.position), event.type, telling.document(event))


def _delivery(endpoint: Endpoint, event_id: str, type: str, body: str) -> Delivery:
    return Delivery(uuid7(), endpoint.id, event_id, type, body, DeliveryState.PENDING, 0, _now())


def _now() -> datetime:
    return datetime.now(UTC)
