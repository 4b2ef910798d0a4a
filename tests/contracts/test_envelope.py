"""The envelope: one JSON document from outbox to dead letter, and what is inside when it is opened."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import any_message, order_placed
from pydantic_core import from_json

from contracts import (
    Contract,
    ContractError,
    Envelope,
    Event,
    Message,
    Producer,
    UnknownContract,
    UnknownVersion,
    contract,
    contract_of,
    uuid7,
)
from contracts.release import shipped

ORDERS = Producer(service="orders", build="1.2.3")


def around(message: Message, **more: Any) -> Envelope:
    return Envelope.around(message, ORDERS, **more)


def over_the_wire(envelope: Envelope) -> Envelope:
    return Envelope.read(from_json(envelope.model_dump_json()))


@pytest.mark.parametrize("released", shipped(), ids=str)
@given(data=st.data())
def test_any_message_survives_the_wire(released: Contract, data: st.DataObject) -> None:
    message = data.draw(any_message(released.model))
    envelope = around(message)
    arrived = over_the_wire(envelope)
    assert arrived == envelope
    assert arrived.open() == message


def test_it_says_what_it_carries_and_who_sent_it() -> None:
    envelope = around(order_placed())
    assert (envelope.name, envelope.version, envelope.producer) == ("orders.order_placed", 1, ORDERS)
    assert str(envelope.producer) == "orders/1.2.3"
    assert abs((datetime.now(UTC) - envelope.sent_at).total_seconds()) < 10


def test_the_first_message_of_a_story_names_it() -> None:
    first = around(order_placed())
    assert (first.correlation_id, first.causation_id) == (first.id, None)


def test_a_request_may_name_the_story() -> None:
    story = uuid7()
    first = around(order_placed(), correlation_id=story)
    assert (first.correlation_id, first.causation_id) == (story, None)


def test_what_a_message_causes_goes_on_with_its_story() -> None:
    cause = around(order_placed(), correlation_id=uuid7(), traceparent="00-trace")
    caused = around(order_placed(), cause=cause, correlation_id=uuid7())
    assert (caused.correlation_id, caused.causation_id) == (cause.correlation_id, cause.id)
    assert caused.traceparent == "00-trace"
    assert caused.id != cause.id


def test_a_message_that_is_no_contract_is_not_sent() -> None:
    with pytest.raises(TypeError, match="Event has no contract"):
        around(Event())


@contract("tested.step", version=1)
class StepV1(Event):
    word: str

    def upcast(self) -> "StepV2":
        return StepV2(words=(self.word,))


@contract("tested.step", version=2)
class StepV2(Event):
    words: tuple[str, ...]

    def upcast(self) -> "StepV3":
        return StepV3(words=self.words, count=len(self.words))


@contract("tested.step", version=3)
class StepV3(Event):
    words: tuple[str, ...]
    count: int


@pytest.mark.parametrize("old", [StepV1(word="a"), StepV2(words=("a",)), StepV3(words=("a",), count=1)])
def test_every_version_opens_as_the_newest(old: Message) -> None:
    envelope = over_the_wire(around(old))
    before = envelope.model_dump_json()
    assert envelope.open() == envelope.open() == StepV3(words=("a",), count=1)
    assert envelope.model_dump_json() == before
    assert envelope.version == contract_of(type(old)).version


def test_there_is_nothing_behind_the_newest() -> None:
    with pytest.raises(TypeError, match="StepV3 is the newest version"):
        StepV3(words=(), count=0).upcast()


def test_what_this_build_does_not_know() -> None:
    envelope = around(StepV1(word="a"))
    with pytest.raises(UnknownVersion, match=r"tested\.step v9: this build knows v1, v2, v3"):
        envelope.model_copy(update={"version": 9}).open()
    with pytest.raises(UnknownContract, match=r"tested\.unheard: no such contract in this build"):
        envelope.model_copy(update={"name": "tested.unheard"}).open()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "s3cr3t"),
        ("version", 0),
        ("sent_at", "2026-03-01T12:30:00"),
        ("producer", {"service": "orders"}),
        ("correlation_id", None),
        ("data", ["s3cr3t"]),
    ],
)
def test_an_envelope_that_does_not_fit(field: str, value: Any) -> None:
    document = {**around(StepV1(word="a")).model_dump(mode="json"), field: value}
    with pytest.raises(ContractError, match=f"envelope: {field}") as refused:
        Envelope.read(document)
    assert "s3cr3t" not in str(refused.value)


def test_a_newer_envelope_is_read() -> None:
    envelope = around(StepV1(word="a"))
    assert Envelope.read({**envelope.model_dump(mode="json"), "new": 1}) == envelope


def test_ids_are_versioned_unique_and_of_their_time() -> None:
    before = time.time_ns() // 1_000_000
    ids = [uuid7() for _ in range(100_000)]
    after = time.time_ns() // 1_000_000
    assert {(id.version, id.variant) for id in ids} == {(7, RFC_4122)}
    assert len(set(ids)) == len(ids)
    milliseconds = [id.int >> 80 for id in ids]
    assert milliseconds == sorted(milliseconds)
    assert before <= milliseconds[0] <= milliseconds[-1] <= after


def test_the_random_bits_of_ids_are_all_used() -> None:
    ids = [uuid7().int for _ in range(1000)]
    always, ever = ids[0], 0
    for id in ids:
        always, ever = always & id, ever | id
    random = (1 << 76) - 1 ^ 0b11 << 62  # below the version's bits, but for the variant's
    assert (ever & random, always & random) == (random, 0)
