"""Two ways to read a message, and one answer: the fast one says what the thorough one says, or gives way."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from documents import changed
from hypothesis import given, settings
from hypothesis import strategies as st
from malformed import ENVELOPE, task
from sample import Greet, consumer

from contracts import Head
from mesh import wire
from mesh.delivery.opened import Delivery, NotUnderstood, _opened, opened
from mesh.testing import around, raw
from mesh.wire import Raw

NAME = "sample.greet"
SOUND = changed(changed(ENVELOPE, "/id", str(uuid4())), "/correlation_id", str(uuid4()))
PLACES = ["", "/data", "/data/names", "/producer", "/producer/service", *(f"/{field}" for field in SOUND)]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS, max_size=3)


def as_outboxes_do(document: Any) -> Raw:
    return Raw(f"[[{json.dumps(document)}],{{}},{wire._NO_CANVAS}]".encode(), {"task": NAME}, "sample.v2", 0)


def head(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery.head, name) for name in Head.model_fields}


def said(read: Any, raw: Raw) -> Any:
    try:
        delivery = read(raw, NAME, consumer.handlers)
    except NotUnderstood as error:
        return error.reason
    return head(delivery), delivery.message, delivery.attempt


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(PLACES), VALUES, st.sampled_from(["/new", "/data/new"]), VALUES)
def test_both_ways_say_the_same(place: str, value: Any, unknown: str, more: Any) -> None:
    for document in (changed(SOUND, place, value), changed(SOUND, unknown, more)):
        message = as_outboxes_do(document)
        assert said(opened, message) == said(_opened, message)


@pytest.mark.parametrize("field", ["id", "version", "names", "data"])
def test_of_two_fields_of_one_name_both_take_the_same(field: str) -> None:
    other = {"id": str(uuid4()), "version": 1, "names": ["Bob"], "data": {"names": ["Bob"]}}[field]
    text = json.dumps(SOUND)
    at = text.index(f'"{field}"')
    twice = text[:at] + f'"{field}": {json.dumps(other)}, ' + text[at:]
    message = Raw(f"[[{twice}],{{}},{wire._NO_CANVAS}]".encode(), {"task": NAME}, "sample.v2", 0)
    assert said(opened, message) == said(_opened, message)


def test_what_an_outbox_sends_goes_the_fast_way() -> None:
    assert wire.sealed(raw(around(Greet(names=("Ada",))), "sample"), Greet)


@pytest.mark.parametrize("document", [SOUND, changed(SOUND, "/data/new", float("nan"))])
def test_what_others_send_goes_the_thorough_way(document: Any) -> None:
    assert wire.sealed(Raw(task(document) + b" ", {}, "", 0), Greet) is None


def test_what_this_build_does_not_know_is_kept_for_those_that_do() -> None:
    message = as_outboxes_do(changed(changed(SOUND, "/data/new", 1), "/newer", 2))
    assert opened(message, NAME, consumer.handlers).envelope.data["new"] == 1
    assert isinstance(opened(message, NAME, consumer.handlers).id, UUID)
