"""What orders announces."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import Currency, Email, Event, Value
from contracts.registry import contract


class Customer(Value):
    email: Email = Field(repr=False)  # personal: not in logs or task reprs
    name: str = Field(repr=False)
    locale: str
    """A BCP 47 tag, such as en or pt-BR."""


class Line(Value):
    sku: str
    name: str
    quantity: int
    unit_price: int
    """In minor units of the order's currency."""


@contract("orders.order_placed", version=1)
class OrderPlacedV1(Event):
    """A customer's order is accepted and stored."""

    order_id: UUID
    placed_at: AwareDatetime
    customer: Customer
    currency: Currency
    lines: tuple[Line, ...]
    total: int
    """In minor units of the currency."""


OrderPlaced = OrderPlacedV1
