"""What clients send and get."""

import re
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, StringConstraints, model_validator
from yarl import URL

from contracts import uuid7
from orders import domain
from orders.domain import Status
from orders.reading import read
from orders.store import listing

# Control characters: PostgreSQL stores no NUL, a mail's header takes no line break.
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"  # as all dialects of patterns write it
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
"""One line."""
Prose = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$"
    ),
]
"""Lines."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Value = Annotated[str, StringConstraints(max_length=500, pattern=_LINE)]
Metadata = Annotated[dict[Name, Value], Field(max_length=domain.MOST_METADATA)]
_PAIR = re.compile(r"metadata\[(.*)\]")
Amount = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
"""In minor units of the order's currency."""


class Document(BaseModel):
    """Unknown fields are refused: a misspelt one would otherwise be a silent loss."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, use_attribute_docstrings=True)


class Customer(Document):
    email: EmailStr
    name: Text
    locale: Annotated[
        str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
    ] = "en"
    """A BCP 47 tag, such as en or pt-BR."""


class Line(Document):
    sku: Text
    name: Text
    quantity: int = Field(strict=True, ge=1, le=domain.MOST_QUANTITY)
    unit_price: int = Field(strict=True, ge=0, le=domain.MOST_PRICE)
    """In minor units: 1299 is 12.99 EUR."""


class NewOrder(Document):
    customer: Customer
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    lines: list[Line] = Field(min_length=1, max_length=domain.MOST_LINES)
    metadata: Metadata = {}
    """Your own: orders can be found by it."""

    def order(self, id: UUID, account: str) -> domain.Order:
        customer = domain.Customer(self.customer.email, self.customer.name, self.customer.locale)
        lines = tuple(domain.Line(x.sku, x.name, x.quantity, x.unit_price) for x in self.lines)
        return domain.Order(id, account, customer, self.currency, lines, self.metadata)

    @classmethod
    def order_of(cls, text: str, account: str) -> domain.Order:
        """The order that a line of an import means. Raises NotJson and ValidationError."""
        return read(cls, text.encode()).order(uuid7(), account)


class Nothing(Document):
    """An empty object, or no document at all."""


class Shipment(Document):
    carrier: Text | None = None
    tracking: Text | None = None
    """The carrier's number for the parcel."""


class Cancellation(Document):
    reason: Text | None = None


class Refund(Document):
    amount: Amount | None = None
    """Left out: all that is left."""
    reason: Text | None = None


class Note(Document):
    text: Prose
    for_customer: bool = Field(default=False, strict=True)
    """Whether it is mailed to the customer."""


class Order(Document):
    id: UUID
    status: Status
    version: int
    """It grows with every change. As `If-Match: "3"`, a change is made to this version or not at all."""
    placed_at: datetime
    expires_at: datetime | None
    """If it is not paid until then; null: it need not be any more."""
    changed_at: datetime | None
    customer: Customer
    currency: str
    lines: list[Line]
    total: int
    refunded: int
    metadata: dict[str, str]
    receipt_sent_at: datetime | None

    @classmethod
    def of(cls, order: domain.Order) -> Self:
        return cls.model_construct(  # from our own database, or validated a moment ago
            id=order.id,
            status=order.status,
            version=order.version,
            placed_at=order.placed_at,
            expires_at=order.expires_at if order.status is Status.PLACED else None,
            changed_at=order.changed_at,
            customer=Customer.model_construct(
                email=order.customer.email, name=order.customer.name, locale=order.customer.locale
            ),
            currency=order.currency,
            lines=[
                Line.model_construct(sku=x.sku, name=x.name, quantity=x.quantity, unit_price=x.unit_price)
                for x in order.lines
            ],
            total=order.total,
            refunded=order.refunded,
            metadata=order.metadata,
            receipt_sent_at=order.receipt_sent_at,
        )


class Search(Document):
    """Which orders: all that is said holds for each of them."""

    status: list[Status] = []
    """Any of these; may be given again."""
    customer: EmailStr | None = None
    """The customer's address."""
    placed_since: AwareDatetime | None = None
    placed_until: AwareDatetime | None = None
    """Before that time."""
    metadata: Metadata = {}
    """As `metadata[name]=value`."""
    limit: int = Field(default=20, ge=1, le=100)
    after: UUID | None = None
    """Those that follow this order in the list."""
    before: UUID | None = None
    """Those that precede it."""

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: dict[str, Any]) -> dict[str, Any]:
        """`metadata[name]=value` into one field, and a single status into a list."""
        metadata = {pair[1]: given[name] for name in given if (pair := _PAIR.fullmatch(name))}
        found = {name: value for name, value in given.items() if not _PAIR.fullmatch(name)}
        return listed("status", found) | ({"metadata": metadata} if metadata else {})

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.after and self.before:
            raise ValueError("after or before: a page lies on one side of an order")
        return self

    def query(self, account: str) -> listing.Query:
        return listing.Query(
            account,
            self.limit,
            self.after,
            self.before,
            tuple(dict.fromkeys(self.status)),
            self.customer,
            self.placed_since,
            self.placed_until,
            self.metadata,
        )


class List(Document):
    orders: list[Order]
    """The newest first."""
    newer: str | None
    older: str | None
    """Where the next page is, in each direction; null: there is none. What is newer may come at any time."""

    @classmethod
    def of(cls, page: listing.Page, asked: URL) -> Self:
        orders, here = page.orders, asked.without_query_params("after", "before")
        return cls.model_construct(
            orders=list(map(Order.of, orders)),
            newer=str(here.update_query(before=str(orders[0].id))) if orders and page.newer else None,
            older=str(here.update_query(after=str(orders[-1].id))) if orders and page.older else None,
        )


def listed(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a query may say several times is a list, also when it says it once."""
    return given | ({name: [given[name]]} if isinstance(given.get(name), str) else {})


class Entry(Document):
    at: datetime
    service: str
    what: str


class Timeline(Document):
    order_id: UUID
    entries: list[Entry]
