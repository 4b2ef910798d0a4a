"""Whatever a sender may think of: never an exception, and each message is in exactly one place after it."""

import json
import pickle
from types import SimpleNamespace
from typing import Any

from documents import changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.transport import virtual
from malformed import ENVELOPE, HEADERS, OWN, nested, task
from sample import Outside, consumer

from mesh import Database
from mesh.delivery import Deliveries
from mesh.streams.message import fields, message
from mesh.streams.store import Entry
from mesh.wire import Raw
from mesh.worker import incoming

TEXTS = st.text(st.characters())  # lone surrogates too: what JSON's escapes and AMQP's bytes can hold
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from(["sample.greet", OWN]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(TEXTS | st.sampled_from([*HEADERS, "timelimit", "x-delivery-count"]), VALUES)
ANY_HEADERS = MAPPINGS | MAPPINGS.map(lambda odd: {**odd, "task": "sample.greet"})
FIELDS = ["", "/data", "/data/names", *(f"/{field}" for field in ENVELOPE)]
IDENTIFIED = changed(changed(ENVELOPE, "/id", "0" * 32), "/correlation_id", "1" * 32)
ENVELOPES = st.builds(changed, st.just(IDENTIFIED), st.sampled_from(FIELDS), VALUES)
ANY_BODY = st.binary() | VALUES.map(json.dumps).map(str.encode) | ENVELOPES.map(task)

_PLACES = "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM dead_letters), count(queue) FROM outbox"


def places(tx: Any) -> int:
    """In how many places messages are: handled, kept, or waiting for another try."""
    return sum(tx.execute(_PLACES).fetchone())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANY_BODY, headers=ANY_HEADERS, deaths=st.integers(0, 4))
def test_a_delivery_of_anything_ends_in_one_place(
    database: Database, tx: Any, body: bytes, headers: dict[str, Any], deaths: int
) -> None:
    tx.execute("TRUNCATE inbox, outbox, dead_letters")
    name = incoming.name(SimpleNamespace(headers=headers))
    chunk = [Raw(body, headers, "sample.v2", deaths)]
    Deliveries(consumer, database, Outside()).handle(name if name in consumer.handlers else None, chunk)
    assert places(tx) == 1


def arrived(entry: Entry) -> Any:
    """An entry as the worker's main process gets it."""
    channel = SimpleNamespace(decode_body=virtual.Channel.decode_body, codecs={}, body_encoding=None)
    channel.decode_body = lambda body, encoding: virtual.Channel.decode_body(channel, body, encoding)
    return virtual.Message(message("sample.v2", entry), channel=channel)


def test_headers_that_pickle_cannot_follow_reach_a_child() -> None:
    headers = {"task": "sample.greet", "odd": nested(5_000)}
    message = SimpleNamespace(headers=headers, body=b"", delivery_info={"queue": "sample.v2"})
    raw = pickle.loads(pickle.dumps(incoming.raw(message, "sample.v2")))
    assert raw.headers["task"] == "sample.greet"
    assert "nested too deeply" in str(raw.headers["odd"])


RESTS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("headers", "properties", "content-type"), VALUES | MAPPINGS)
)
ENTRIES = st.dictionaries(st.binary(), st.binary(), max_size=3) | st.builds(
    lambda body, rest: {b"body": body, b"rest": rest},
    ANY_BODY,
    st.binary() | (RESTS | VALUES).map(json.dumps).map(str.encode),
)


@settings(max_examples=300, deadline=None)
@given(st.builds(Entry, st.just(b"1-0"), ENTRIES, st.integers(0, 9)))
def test_an_entry_of_anything_reaches_a_child(entry: Entry) -> None:
    message = arrived(entry)
    raw = incoming.raw(message, "sample.v2")
    assert pickle.loads(pickle.dumps(raw)).queue == "sample.v2"
    assert raw.deaths >= 0
    assert incoming.name(message) is None or isinstance(incoming.suits_celery(message), bool)


@settings(max_examples=300, deadline=None)
@given(st.builds(Entry, st.just(b"1-0"), ENTRIES, st.integers(0, 9)))
def test_an_entry_of_anything_can_be_given_back(entry: Entry) -> None:
    once = message("sample.v2", entry)
    again = {name.encode(): _bytes(value) for name, value in fields(once).items()}
    assert _json(message("sample.v2", Entry(b"1-0", again, 0))) == _json(once)


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _json(message: dict[str, Any]) -> str:
    """To be compared: NaN is not equal to itself."""
    return json.dumps(message, sort_keys=True, default=repr)
