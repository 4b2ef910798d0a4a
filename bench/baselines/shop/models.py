"""The tables. `orders` and `keys` are as the mesh's, column by column."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts import uuid7


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        str: TEXT,
        list[dict[str, Any]]: JSONB,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(TEXT),
    }


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_account", "account", "id"),
        Index("orders_status", "account", "status", "id"),
        Index("orders_email", "account", "email", "id"),
        Index(
            "orders_metadata",
            "metadata",
            postgresql_using="gin",
            postgresql_ops={"metadata": "jsonb_path_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account: Mapped[str]
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger)
    """In minor units."""
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[str] = mapped_column(default="placed")
    version: Mapped[int] = mapped_column(default=1)
    lines: Mapped[list[dict[str, Any]]]
    data: Mapped[dict[str, Any]] = mapped_column("metadata")
    receipt_sent_at: Mapped[datetime | None]


class Key(Base):
    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[list[str]]
    hash: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Outgoing(Base):
    """A task that is to be sent."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task: Mapped[str]
    arguments: Mapped[dict[str, Any]]
