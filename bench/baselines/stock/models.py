"""The tables, of the same names and columns as the mesh's."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), list[dict[str, Any]]: JSONB}


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    placed_at: Mapped[datetime]
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger)
    """In minor units."""
    lines: Mapped[list[dict[str, Any]]]


class Entry(Base):
    __tablename__ = "timeline"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    service: Mapped[str]
    what: Mapped[str]


class Sales(Base):
    __tablename__ = "sales"

    day: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    orders: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[int] = mapped_column(BigInteger)
    revenue: Mapped[Decimal] = mapped_column(Numeric)
    """In minor units."""
