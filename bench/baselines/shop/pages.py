"""Lists of orders, the newest first."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import HTTPException, Query, Request
from sqlalchemy import Select, select

from bench.baselines.shop import schema
from bench.baselines.shop.models import Order


@dataclass
class Search:
    """What the query says."""

    request: Request
    status: Annotated[list[schema.Status] | None, Query()] = None
    customer: str | None = None
    limit: Annotated[int, Query(ge=1, le=100)] = 20
    after: UUID | None = None
    before: UUID | None = None

    def __post_init__(self) -> None:
        if self.after and self.before:
            raise HTTPException(422, "after or before")

    @property
    def metadata(self) -> dict[str, str]:
        """Of `metadata[name]=value`."""
        named = {
            name: value for name, value in self.request.query_params.items() if name.startswith("metadata[")
        }
        return {name[9:-1]: value for name, value in named.items()}

    def statement(self, account: str) -> Select[Any]:
        """One more than the page has: then there is another page."""
        found = select(Order).where(Order.account == account).limit(self.limit + 1)
        if self.status:
            found = found.where(Order.status.in_(self.status))
        if self.customer:
            found = found.where(Order.email == self.customer)
        if self.metadata:
            found = found.where(Order.data.contains(self.metadata))
        if self.before:
            return found.where(Order.id > self.before).order_by(Order.id)
        if self.after:
            found = found.where(Order.id < self.after)
        return found.order_by(Order.id.desc())

    def page(self, found: list[Order], shown: list[schema.Order]) -> schema.Page:
        more = len(found) > self.limit
        newer, older = (more, True) if self.before else (self.after is not None, more)
        return schema.Page.model_construct(
            orders=shown,
            newer=self._link(before=shown[0].id) if shown and newer else None,
            older=self._link(after=shown[-1].id) if shown and older else None,
        )

    def _link(self, **cursor: UUID) -> str:
        url = self.request.url.remove_query_params(["after", "before"]).include_query_params(**cursor)
        return f"{url.path}?{url.query}"
