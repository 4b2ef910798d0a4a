"""Messages for tests: ordinary ones with what matters changed, and any that a contract allows."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID, uuid4

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, create_model

from contracts import Command, Message
from contracts.orders import Customer, Line, OrderPlaced

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
CUSTOMER = Customer(email="ada@example.com", name="Ada Lovelace", locale="en")
LINES = (Line(sku="T-1", name="Tea", quantity=2, unit_price=450),)


def order_placed(*, customer: dict[str, Any] | None = None, **changes: Any) -> OrderPlaced:
    """Ada's order of two teas, but for what is said."""
    placed = OrderPlaced(
        order_id=uuid4(),
        placed_at=NOW,
        customer=CUSTOMER.model_copy(update=customer or {}),
        currency="EUR",
        lines=LINES,
        total=900,
    )
    return placed.model_copy(update=changes)


def about(placed: OrderPlaced) -> dict[str, Any]:
    """What each message about an order says of it."""
    return {name: getattr(placed, name) for name in ("order_id", "account", "customer", "currency", "total")}


def carrying(annotation: Any, **more: Any) -> type[Any]:
    """A class whose field `a` is of this type, and that may have more."""
    fields = {name: (found, ...) for name, found in {"a": annotation, **more}.items()}
    return create_model("Made", __base__=Command, **fields)


def any_message(model: type[Message], **integers: int) -> st.SearchStrategy[Any]:
    """Every message that the contract allows, as far as its fields' types tell.

    `integers` bounds them: min_value, max_value.
    """
    return _values(model, {**_STRATEGIES, int: st.integers(**integers)})


_OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {
    AwareDatetime: st.datetimes(timezones=_OFFSETS),
    UUID: st.uuids(),
    str: st.text(),
    bool: st.booleans(),
    date: st.dates(),
}


def _values(annotation: Any, known: dict[Any, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    if annotation in known:
        return known[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return st.builds(
            annotation, **{name: _said(info.annotation, info.metadata, known) for name, info in fields}
        )
    if get_origin(annotation) is Annotated:
        plain, *said = get_args(annotation)
        return _said(plain, said, known)
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if type(None) in get_args(annotation):
        [some] = set(get_args(annotation)) - {type(None)}
        return st.none() | _values(some, known)
    item, _ = get_args(annotation)  # tuple[item, ...]
    return st.lists(_values(item, known), max_size=3).map(tuple)


def _said(
    annotation: Any, said: list[Any], known: dict[Any, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    patterns = [found.pattern for found in said if getattr(found, "pattern", None)]
    return st.from_regex(patterns[0][1:-1], fullmatch=True) if patterns else _values(annotation, known)
