"""What clients send and get."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from yarl import URL

from contracts import uuid7
from orders import domain, examples, fields
from orders.domain import Status
from orders.examples import example
from orders.fields import Amount, Currency, Locale, Metadata, Price, Prose, Quantity, Text
from orders.reading import read
from orders.store import listing

Shown = dict[str, Any]
"""A document as it is written: what is in it may also be the domain's own, whose names are the same."""


class Document(BaseModel):
    """Unknown fields are refused: a misspelt one would otherwise be a silent loss."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, use_attribute_docstrings=True)


class Customer(Document, json_schema_extra=example(examples.CUSTOMER)):
    """Who buys."""

    email: fields.Email
    """Where the receipt goes, and what else is to be told of the order."""
    name: Text
    """As the mails address them."""
    locale: Locale = "en"
    """Of the mails: a BCP 47 tag, such as en or pt-BR."""
    country: fields.Country | None = None
    """Where they are: two letters of ISO 3166, such as DE; null: not said. For figures by country."""


class Line(Document, json_schema_extra=example(examples.LINE)):
    """So much of one thing."""

    sku: Text
    """Your own number of the thing."""
    name: Text
    """What it is called on the receipt."""
    quantity: Quantity
    """How many of it."""
    unit_price: Price
    """For one of it, in minor units: 1299 is 12.99 EUR."""


class NewOrder(Document, json_schema_extra=example(examples.NEW_ORDER)):
    """What is to be ordered."""

    customer: Customer
    """Who buys."""
    currency: Currency
    """Of all prices: three letters of ISO 4217."""
    lines: list[Line] = Field(min_length=1, max_length=domain.MOST_LINES)
    """What is bought."""
    metadata: Metadata = {}
    """Names and values of your own: orders can be found by them."""

    def order(self, id: UUID, account: str) -> domain.Order:
        said = self.customer
        customer = domain.Customer(said.email, said.name, said.locale, said.country)
        lines = tuple(domain.Line(x.sku, x.name, x.quantity, x.unit_price) for x in self.lines)
        return domain.Order(id, account, customer, self.currency, lines, self.metadata)

    @classmethod
    def order_of(cls, text: str, account: str) -> domain.Order:
        """The order that a line of an import means. Raises NotJson and ValidationError."""
        return read(cls, text.encode()).order(uuid7(), account)


class Nothing(Document, json_schema_extra=example({})):
    """An empty object, or no document at all."""


class Shipment(Document, json_schema_extra=example(examples.SHIPMENT)):
    """How an order was sent; all of it may be left out."""

    carrier: Text | None = None
    """Who takes it to the customer."""
    tracking: Text | None = None
    """The carrier's number for the parcel."""


class Cancellation(Document, json_schema_extra=example(examples.CANCELLATION)):
    """Why an order is called off."""

    reason: Text | None = None
    """It is told to the customer."""


class Refund(Document, json_schema_extra=example(examples.REFUND)):
    """How much is given back, and why."""

    amount: Amount | None = None
    """In minor units of the order's currency. Left out: all that is left."""
    reason: Text | None = None
    """It is told to the customer."""


class Note(Document, json_schema_extra=example(examples.NOTE)):
    """Something to remember about an order."""

    text: Prose
    """It may have several lines."""
    for_customer: bool = Field(default=False, strict=True)
    """Whether it is mailed to the customer."""


class Order(Document, json_schema_extra=example(examples.ORDER)):
    """An order as it is now."""

    id: UUID
    """It stays the same, and sorts by the time at which the order was placed."""
    status: Status
    """Where it is on its way."""
    version: int
    """It grows with every change. As `If-Match: "3"`, a change is made to this version or not at all."""
    placed_at: datetime
    """To the millisecond."""
    expires_at: datetime | None
    """If it is not paid until then; null: it need not be any more."""
    changed_at: datetime | None
    """When it last changed; null: it has not since it was placed."""
    customer: Customer
    """Who buys."""
    currency: str
    """Of all amounts: three letters of ISO 4217."""
    lines: list[Line]
    """What is bought."""
    total: int
    """Of all lines, in minor units."""
    refunded: int
    """How much of the total was given back, in minor units."""
    metadata: dict[str, str]
    """Names and values of your own."""
    receipt_sent_at: datetime | None
    """When the receipt was mailed; null: not yet."""

    @staticmethod
    def of(order: domain.Order) -> Shown:
        """As it is written, and no object of this class: to make one takes twice as long as all the rest."""
        return {
            "id": order.id,
            "status": order.status,
            "version": order.version,
            "placed_at": order.placed_at,
            "expires_at": order.expires_at if order.status is Status.PLACED else None,
            "changed_at": order.changed_at,
            "customer": order.customer,
            "currency": order.currency,
            "lines": order.lines,
            "total": order.total,
            "refunded": order.refunded,
            "metadata": order.metadata,
            "receipt_sent_at": order.receipt_sent_at,
        }


class Search(Document):
    """Which orders: all that is said holds for each of them."""

    status: list[Status] = []
    """Any of these; may be given again."""
    customer: fields.Email | None = None
    """The customer's address."""
    placed_since: fields.Moment | None = None
    """At that time or later."""
    placed_until: fields.Moment | None = None
    """Before that time."""
    metadata: Metadata = {}
    """As `metadata[name]=value`: those that have it."""
    limit: int = Field(default=20, ge=1, le=100)
    """How many at the most."""
    after: UUID | None = None
    """Those that follow this order in the list."""
    before: UUID | None = None
    """Those that precede it."""

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: dict[str, Any]) -> dict[str, Any]:
        return fields.listed("status", fields.paired("metadata", given))

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


class OrderPage(Document, json_schema_extra=example(examples.ORDER_PAGE)):
    """A page of orders."""

    orders: list[Order]
    """The newest first."""
    newer: str | None
    """Where the page of those that are newer is; null: there are none yet."""
    older: str | None
    """Where the page of those that are older is; null: there are none."""

    @staticmethod
    def of(page: listing.Page, asked: URL) -> Shown:
        """As `Order.of`."""
        orders, here = page.orders, asked.without_query_params("after", "before")
        newer, older = (orders and page.newer), (orders and page.older)
        return {
            "orders": list(map(Order.of, orders)),
            "newer": str(here.update_query(before=str(orders[0].id))) if newer else None,
            "older": str(here.update_query(after=str(orders[-1].id))) if older else None,
        }


class Entry(Document, json_schema_extra=example(examples.ENTRY)):
    """Something that was done for an order."""

    at: datetime
    """When."""
    service: str
    """Who did it: `orders`, `emails` or `reports`."""
    what: str
    """For people: it may be worded otherwise one day."""


class Timeline(Document, json_schema_extra=example(examples.TIMELINE)):
    """The story of an order."""

    order_id: UUID
    """Whose story it is."""
    entries: list[Entry]
    """By time."""
