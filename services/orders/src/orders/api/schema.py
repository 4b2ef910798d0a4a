"""What clients send and get."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from orders import domain

Text = Annotated[
    str,
    # One line without control characters: PostgreSQL stores no NUL, a mail's header takes no line break.
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\p{Cc}\p{Zl}\p{Zp}]*$"
    ),
]


class Document(BaseModel):
    """Unknown fields are refused: a misspelt one would otherwise be a silent loss."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


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

    def place(self, id: UUID, at: datetime) -> domain.Order:
        customer = domain.Customer(self.customer.email, self.customer.name, self.customer.locale)
        lines = tuple(domain.Line(x.sku, x.name, x.quantity, x.unit_price) for x in self.lines)
        return domain.Order(id, at, customer, self.currency, lines)


class Order(Document):
    id: UUID
    placed_at: datetime
    customer: Customer
    currency: str
    lines: list[Line]
    total: int
    receipt_sent_at: datetime | None

    @classmethod
    def of(cls, order: domain.Order, receipt_sent_at: datetime | None = None) -> Self:
        return cls.model_construct(  # from our own database, or validated a moment ago
            id=order.id,
            placed_at=order.placed_at,
            customer=Customer.model_construct(
                email=order.customer.email, name=order.customer.name, locale=order.customer.locale
            ),
            currency=order.currency,
            lines=[
                Line.model_construct(sku=x.sku, name=x.name, quantity=x.quantity, unit_price=x.unit_price)
                for x in order.lines
            ],
            total=order.total,
            receipt_sent_at=receipt_sent_at,
        )


class Entry(Document):
    at: datetime
    service: str
    what: str


class Timeline(Document):
    order_id: UUID
    entries: list[Entry]
