"""How an order is told to other services."""

from typing import Any

from contracts.orders import Customer
from orders.domain import Order


def customer(order: Order) -> Customer:
    found = order.customer
    return Customer(email=found.email, name=found.name, locale=found.locale)


def facts(order: Order) -> dict[str, Any]:
    """What every change tells of its order."""
    return {
        "order_id": order.id,
        "at": order.changed_at,
        "customer": customer(order),
        "currency": order.currency,
        "total": order.total,
    }
