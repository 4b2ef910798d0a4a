"""Orders: what they are, and what holds for them. The standard library and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

MOST_LINES = 100
MOST_QUANTITY = 10_000
MOST_PRICE = 10**12
"""Minor units. A line of the most of everything still fits a 64-bit sum."""
MOST_METADATA = 20
"""Pairs of a client's own on one order."""


class Status(StrEnum):
    """Where an order is on its way."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class EventType(StrEnum):
    """What a client can follow."""

    PLACED = "order.placed"
    PAID = "order.paid"
    SHIPPED = "order.shipped"
    DELIVERED = "order.delivered"
    CANCELLED = "order.cancelled"
    EXPIRED = "order.expired"
    REFUNDED = "order.refunded"
    NOTED = "order.noted"
    ENDPOINT_DISABLED = "webhook.disabled"
    IMPORT_ENDED = "import.ended"
    REPORT_MADE = "report.made"


class Action(StrEnum):
    """What brings it further."""

    PAY = "pay"
    SHIP = "ship"
    DELIVER = "deliver"
    CANCEL = "cancel"
    EXPIRE = "expire"
    REFUND = "refund"


TRANSITIONS: Mapping[Status, Mapping[Action, Status]] = {
    Status.PLACED: {
        Action.PAY: Status.PAID,
        Action.CANCEL: Status.CANCELLED,
        Action.EXPIRE: Status.EXPIRED,
    },
    Status.PAID: {Action.SHIP: Status.SHIPPED, Action.REFUND: Status.REFUNDED},
    Status.SHIPPED: {Action.DELIVER: Status.DELIVERED, Action.REFUND: Status.REFUNDED},
    Status.DELIVERED: {Action.REFUND: Status.REFUNDED},
    Status.CANCELLED: {},
    Status.EXPIRED: {},
    Status.REFUNDED: {},
}
"""All that may become of an order. A refund of a part leaves it where it is."""


class Refused(Exception):
    """What was asked for cannot be done to the order as it is."""


class Unknown(Refused):
    """There is none of that name, or it is somebody else's."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.")


class Impossible(Refused):
    """No way leads from this status by that action."""

    def __init__(self, status: Status, action: Action) -> None:
        super().__init__(f"An order that is {status} cannot {action}.")
        self.order_status = status
        self.possible = dict(TRANSITIONS[status])


class TooMuch(Refused):
    """More is to be refunded than there is left."""

    def __init__(self, left: int) -> None:
        super().__init__("That is more than is left to be refunded.")
        self.left = left


class Stale(Refused):
    """It has changed since the client looked at it."""

    def __init__(self, version: int, what: str = "order") -> None:
        super().__init__(f"The {what} has changed since you read it.")
        self.version = version


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant: an order, or something else of an account that has versions."""

    account: str
    id: UUID
    versions: frozenset[int] | None = None
    """Those that the client means. None: whichever there is."""

    def refuse_other(self, version: int, what: str = "order") -> None:
        """Raises Stale where the version there is is not meant."""
        if self.versions is not None and version not in self.versions:
            raise Stale(version, what)


@dataclass(frozen=True, slots=True)
class Customer:
    email: str
    name: str
    locale: str
    """A BCP 47 tag."""
    country: str | None = None
    """An ISO 3166 code of two letters."""


@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    name: str
    quantity: int
    unit_price: int
    """In minor units of the order's currency."""

    @property
    def total(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Order:
    """One state of an order: what changes it makes the next one."""

    id: UUID
    """It sorts by time: see `placed_at`."""
    account: str
    """Whose it is: nobody else gets to see it."""
    customer: Customer
    currency: str
    lines: tuple[Line, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    """The client's own."""
    status: Status = Status.PLACED
    version: int = 1
    """Grows by one with every change."""
    refunded: int = 0
    """In minor units of the currency."""
    expires_at: datetime | None = None
    """When its time to be paid is over. None: never."""
    changed_at: datetime | None = None
    """None: not since it was placed."""
    receipt_sent_at: datetime | None = None
    """What emails did; no change of the order."""

    @property
    def placed_at(self) -> datetime:
        """To the millisecond: the time that its id begins with, so that both sort alike."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC)

    @property
    def total(self) -> int:
        """In minor units of the currency."""
        return sum(line.total for line in self.lines)

    def expiring(self, after: timedelta) -> "Order":
        """That has to be paid so long after it was placed."""
        return replace(self, expires_at=self.placed_at + after)

    def after(self, action: Action, at: datetime) -> "Order":
        """Raises Impossible."""
        try:
            status = TRANSITIONS[self.status][action]
        except KeyError:
            raise Impossible(self.status, action) from None
        return replace(self, status=status, version=self.version + 1, changed_at=at)

    def after_refund(self, amount: int | None, at: datetime) -> "Order":
        """`amount` None: all that is left. Raises Impossible and TooMuch."""
        whole, left = self.after(Action.REFUND, at), self.total - self.refunded
        amount = left if amount is None else amount
        if amount > left:
            raise TooMuch(left)
        return replace(
            whole, refunded=self.refunded + amount, status=whole.status if amount == left else self.status
        )

    def noted(self, at: datetime) -> "Order":
        """After a note was added to it."""
        return replace(self, version=self.version + 1, changed_at=at)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one service did for an order, and when."""

    order_id: UUID
    at: datetime
    service: str
    what: str
