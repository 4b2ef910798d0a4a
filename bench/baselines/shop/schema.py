"""What clients send and get: the same documents, with the same checks, as the mesh's API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
Locale = Annotated[str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Value = Annotated[str, StringConstraints(max_length=500, pattern=_LINE)]
Status = Literal["placed", "paid", "shipped", "delivered", "cancelled", "expired", "refunded"]


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Customer(Document):
    email: EmailStr
    name: Text
    locale: Locale = "en"


class Line(Document):
    sku: Text
    name: Text
    quantity: int = Field(strict=True, ge=1, le=10_000)
    unit_price: int = Field(strict=True, ge=0, le=10**12)
    """In minor units."""


class NewOrder(Document):
    customer: Customer
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    lines: list[Line] = Field(min_length=1, max_length=100)
    metadata: Annotated[dict[Name, Value], Field(max_length=20)] = {}


class ShownCustomer(BaseModel):
    """As it is stored: checked when it came."""

    email: str
    name: str
    locale: str


class ShownLine(BaseModel):
    sku: str
    name: str
    quantity: int
    unit_price: int


class Order(BaseModel):
    id: UUID
    status: str
    version: int
    placed_at: datetime
    expires_at: datetime | None
    changed_at: datetime | None
    customer: ShownCustomer
    currency: str
    lines: list[ShownLine]
    total: int
    refunded: int
    metadata: dict[str, str]
    receipt_sent_at: datetime | None


class Page(BaseModel):
    orders: list[Order]
    newer: str | None
    older: str | None
