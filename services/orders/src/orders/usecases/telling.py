"""How an order is told: to other services, and to clients who follow it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts import contract_of
from contracts.orders import Changed, Customer
from orders.domain import EventType, Order
from orders.store.events import Event


def customer(order: Order) -> Customer:
    found = order.customer
    return Customer(email=found.email, name=found.name, locale=found.locale, country=found.country)


def facts(order: Order) -> dict[str, Any]:
    """What every change tells of its order."""
    return {
        "order_id": order.id,
        "account": order.account,
        "at": order.changed_at,
        "customer": customer(order),
        "currency": order.currency,
        "total": order.total,
    }


def placed(order: Order) -> Event:
    """To clients: there is a new one."""
    return _event(order, "placed", order.placed_at, {})


def changed(order: Order, message: Changed) -> Event:
    """To clients, what `message` tells the mesh; not who the customer is: that is read with a key."""
    name = contract_of(type(message)).name.removeprefix("orders.order_")
    more = message.model_dump(mode="json", exclude=set(Changed.model_fields))
    return _event(order, name, message.at, more)


def document(event: Event) -> str:
    """As clients get it, whichever way it comes."""
    return written(event.type, event.at, event.data)


def written(type: str, at: datetime, data: Mapping[str, Any]) -> str:
    """As Standard Webhooks has it."""
    said = {"type": type, "timestamp": at.isoformat(), "data": dict(data)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _event(order: Order, name: str, at: datetime, more: dict[str, Any]) -> Event:
    data = {
        "order_id": str(order.id),
        "status": order.status,
        "version": order.version,
        "currency": order.currency,
        "total": order.total,
        "refunded": order.refunded,
    }
    return Event(order.account, order.id, EventType(f"order.{name}"), at, data | more)
