"""What an order causes: a receipt, and a sale in the figures."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bench.baselines.shop.celery_app import celery_app
from bench.baselines.shop.models import Order, Outgoing

celery = celery_app()


async def after_commit(session: AsyncSession, order: Order) -> None:
    """In a thread: a slow broker holds up no other request. A crash before it loses the tasks."""
    await session.commit()
    await asyncio.to_thread(_send, order)


async def by_outbox(session: AsyncSession, order: Order) -> None:
    """In the order's transaction: `relay.py` sends them."""
    session.add_all(Outgoing(task=task, arguments=arguments) for task, arguments in tasks(order))
    await session.commit()


def tasks(order: Order) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and arguments of each."""
    yield "emails.send_receipt", {"order_id": str(order.id)}
    yield (
        "reports.record_sale",
        {
            "order_id": str(order.id),
            "day": str(order.placed_at.date()),
            "currency": order.currency,
            "items": sum(line["quantity"] for line in order.lines),
            "revenue": order.total,
        },
    )


def _send(order: Order) -> None:
    for task, arguments in tasks(order):
        celery.send_task(task, kwargs=arguments)


WAYS = {"send_task": after_commit, "outbox": by_outbox}
commit: Callable[[AsyncSession, Order], Awaitable[None]] = WAYS[os.environ["ANNOUNCED"]]
"""Commits an order and announces it."""
