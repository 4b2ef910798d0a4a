"""Messages: writers are closed, readers are open, and errors tell fields, never values."""

from typing import Any

import documents
import pytest
from messages import order_placed
from pydantic import ValidationError

from contracts import ContractError
from contracts.orders import Customer, OrderPlaced

DOCUMENT = order_placed().model_dump(mode="json")
SECRET = "s3cr3t"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one value put in, such as `customer.email` or `lines.0.sku`."""
    return documents.changed(DOCUMENT, "/" + path.replace(".", "/"), value)


@pytest.mark.parametrize("path", ["x", "customer.x", "lines.0.x"])
def test_a_field_of_a_newer_writer_is_ignored_by_readers_and_refused_to_writers(path: str) -> None:
    newer = changed(path, SECRET)
    assert OrderPlaced.read(newer) == OrderPlaced.read(DOCUMENT)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        OrderPlaced(**newer)


def test_a_message_does_not_change() -> None:
    placed = order_placed()
    with pytest.raises(ValidationError, match="frozen"):
        placed.total = 0
    with pytest.raises(ValidationError, match="frozen"):
        placed.customer.name = "Eve"


def test_who_the_customer_is_stays_out_of_logs() -> None:
    shown = repr(order_placed(customer={"email": f"{SECRET}@example.com", "name": SECRET}))
    assert SECRET not in shown
    assert "locale='en'" in shown


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total", SECRET),
        ("order_id", SECRET),
        ("placed_at", SECRET),
        ("placed_at", "2026-03-01T12:30:00"),
        ("currency", SECRET),
        ("customer.email", SECRET),
        ("customer.email", f"{SECRET}.example.com"),
        ("customer.email", f"ada@{SECRET}@example.com"),
        ("customer.email", f"ada@{SECRET}.com\r\nBcc: eve@example.com"),
        ("customer", SECRET),
        ("lines.0.quantity", SECRET),
        ("lines.0", [SECRET]),
        ("lines", {SECRET: SECRET}),
    ],
)
def test_an_error_names_the_field_and_not_its_value(path: str, value: Any) -> None:
    with pytest.raises(ContractError) as refused:
        OrderPlaced.read(changed(path, value))
    assert str(refused.value).startswith(f"OrderPlacedV1: {path}: ")
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__  # a traceback would show pydantic's own error, with the value


def test_all_fields_that_are_wrong_are_named_at_once() -> None:
    with pytest.raises(ContractError, match=r"order_id: .*; customer\.locale: .*; total: "):
        OrderPlaced.read({**changed("customer.locale", 1), "order_id": 1, "total": None})


@pytest.mark.parametrize("document", [None, [], "text", 1])
def test_what_is_no_object_at_all(document: Any) -> None:
    with pytest.raises(ContractError, match="OrderPlacedV1: document: "):
        OrderPlaced.read(document)


def test_json_has_no_infinity(name: str) -> None:
    from contracts import Event, contract

    @contract(name, version=1)
    class Measured(Event):
        value: float

    with pytest.raises(ValidationError, match="finite"):
        Measured(value=float("nan"))


def test_an_address_is_read_as_it_was_written() -> None:
    assert Customer(email="Ada+tea@bücher.example", name="Ada", locale="en").email == "Ada+tea@bücher.example"
