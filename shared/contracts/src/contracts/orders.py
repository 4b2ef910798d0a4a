"""What orders announces, and what it has itself do."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import Command, Country, Currency, Email, Event, Value
from contracts.registry import contract


class Customer(Value):
    email: Email = Field(repr=False)  # personal: not in logs or task reprs
    name: str = Field(repr=False)
    locale: str
    """A BCP 47 tag, such as en or pt-BR."""
    country: Country | None = None
    """Where they are. Of builds before this field, and of who does not say: null."""


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
    account: str | None = None
    """Whose order it is, among those who sell. Of builds before this field: not said."""
    placed_at: AwareDatetime
    customer: Customer
    currency: Currency
    lines: tuple[Line, ...]
    total: int
    """In minor units of the currency."""


OrderPlaced = OrderPlacedV1


class Changed(Event):
    """What each change of an order tells beside its own: enough to write to the customer."""

    order_id: UUID
    account: str | None = None
    """Whose order it is, among those who sell. Of builds before this field: not said."""
    at: AwareDatetime
    customer: Customer
    currency: Currency
    total: int
    """What was ordered, in minor units of the currency."""


@contract("orders.order_paid", version=1)
class OrderPaidV1(Changed):
    """The whole total has come in."""


@contract("orders.order_shipped", version=1)
class OrderShippedV1(Changed):
    """The goods are on their way."""

    carrier: str | None
    tracking: str | None
    """The carrier's number for the parcel."""


@contract("orders.order_delivered", version=1)
class OrderDeliveredV1(Changed):
    """The goods have arrived."""


@contract("orders.order_cancelled", version=1)
class OrderCancelledV1(Changed):
    """It was called off before it was paid."""

    reason: str | None = Field(repr=False)  # free text


@contract("orders.order_expired", version=1)
class OrderExpiredV1(Changed):
    """It was not paid in time."""


@contract("orders.order_refunded", version=1)
class OrderRefundedV1(Changed):
    """Money goes back to the customer: all of it, or a part."""

    amount: int
    """This time, in minor units of the currency."""
    refunded: int
    """In all, this time included."""
    reason: str | None = Field(repr=False)  # free text


@contract("orders.order_noted", version=1)
class OrderNotedV1(Changed):
    """Somebody wrote a note to an order."""

    note: str = Field(repr=False)  # free text: whatever people write
    for_customer: bool
    """Whether the customer is to read it."""


@contract("orders.expire_order", version=1)
class ExpireOrderV1(Command):
    """The time to pay an order is over."""

    order_id: UUID


@contract("orders.import_part", version=1)
class ImportPartV1(Command):
    """Orders of an import are to be placed."""

    job_id: UUID
    part: int


ExpireOrder = ExpireOrderV1
ImportPart = ImportPartV1
OrderPaid = OrderPaidV1
OrderShipped = OrderShippedV1
OrderDelivered = OrderDeliveredV1
OrderCancelled = OrderCancelledV1
OrderExpired = OrderExpiredV1
OrderRefunded = OrderRefundedV1
OrderNoted = OrderNotedV1
