"""What clients send and get: the same documents, with the same checks, as the mesh's API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Customer(Document):
    email: EmailStr
    name: Text
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] = "en"


class Line(Document):
    sku: Text
    name: Text
    quantity: int = Field(ge=1, le=10_000)
    unit_price: int = Field(ge=0, le=10**12)
    """In minor units."""


class NewOrder(Document):
    customer: Customer
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    lines: list[Line] = Field(min_length=1, max_length=100)


class Order(Document):
    id: UUID
    placed_at: datetime
    customer: Customer
    currency: str
    lines: list[Line]
    total: int
    receipt_sent_at: datetime | None = None
