"""The corpus: messages that no sender should send, each seen or easily sent, by name."""

import json
import pickle
import zlib
from struct import pack
from typing import Any

from documents import MISSING
from malformed import (
    BARE,
    ENVELOPE,
    GOOD,
    HANDLED,
    OWN,
    SUM,
    V1,
    Malformed,
    arrays,
    but,
    headed,
    nested,
    table,
    task,
    text,
)


def _bad(says: str, body: bytes, **rest: Any) -> Malformed:
    return Malformed("malformed", says, body, **rest)


def _fine(body: bytes = GOOD, **rest: Any) -> Malformed:
    return Malformed(HANDLED, "", body, **rest)


def _lied(headers: Any, **rest: Any) -> Malformed:
    return Malformed("contract", "its envelope names sample.greet", GOOD, headers, **rest)


def _own(body: bytes = SUM, **changes: Any) -> Malformed:
    return _bad("envelope", body, headers=headed(task=OWN, **changes))


def _own_wired(*headers: tuple[bytes, bytes]) -> Malformed:
    told = (b"task", text(OWN.encode())), (b"id", text(b"0d4b3c1e-8f7a-4b6c-9d2e-1f0a5b6c7d8e"))
    return _bad("envelope", SUM, entry=False, wire=table(*told, *headers))


def _wired(wire: bytes) -> Malformed:
    """Whether its headers cannot be read or name nothing: it is kept for what they do not say."""
    return _lied({}, entry=False, wire=wire)


def _odd(value: bytes) -> Malformed:
    return _wired(table((b"odd", value)))


_HEADERS = {
    "no headers": _lied({}),
    "headers that are a list": _lied([1, 2], amqp=False),
    "headers that are a text": _lied("sample.greet", amqp=False),
    "headers that are null": _lied(None),
    "no task": _lied(headed(task=MISSING)),
    "task is a number": _lied(headed(task=7)),
    "task is a list": _lied(headed(task=["sample.greet"])),
    "task is a mapping": _lied(headed(task={"a": 1})),
    "task is empty": _lied(headed(task="")),
    "task is unknown": _lied(headed(task="sample.unheard_of")),
    "task is another's": _lied(headed(task="sample.count")),
    "task of 10 kB": _lied(headed(task="x" * 10_000)),
    "task with NUL": _lied(headed(task="sample\0greet")),
    "id missing, envelope has it": _fine(headers=headed(id=MISSING)),
    "id no uuid, envelope has it": _fine(headers=headed(id="seven")),
    "retries negative": _fine(headers=headed(retries=-1)),
    "retries huge": _fine(headers=headed(retries=2**62)),
    "retries beyond 64 bits": _fine(headers=headed(retries=10**30), amqp=False),
    "retries huge, over nonsense": _bad("not JSON", b"{", headers=headed(retries=2**62)),
    "retries a text": _fine(headers=headed(retries="many")),
    "retries a fraction": _fine(headers=headed(retries=1.5)),
    "timelimit a text": _fine(headers=headed(timelimit="soon")),
    "timelimit of texts": _fine(headers=headed(timelimit=["a", "b"])),
    "eta nonsense": _fine(headers=headed(eta="tomorrow")),
    "expires nonsense": _fine(headers=headed(expires=[1])),
    "NaN in a header": _bad("not JSON", b"{", headers=headed(odd=float("nan")), amqp=False),
    "infinity in a header": _bad("not JSON", b"{", headers=headed(odd=float("inf")), amqp=False),
    "400 levels in a header": _bad("not JSON", b"{", headers=headed(odd=nested(400)), entry=False),
    "NUL in a header": _bad("not JSON", b"{", headers=headed(odd="\0")),
    "x-delivery-count nonsense": _fine(headers=headed(**{"x-delivery-count": "often"})),
    "x-delivery-count negative": _fine(headers=headed(**{"x-delivery-count": -5})),
    "compression of what is not compressed": _fine(headers=headed(compression="application/x-gzip")),
    "compression unknown": _fine(headers=headed(compression="zip")),
    "compression a list": _fine(headers=headed(compression=["gzip"])),
    "compressed nonsense": _bad(
        "not JSON", zlib.compress(b"{}")[:-4], headers=headed(compression="application/x-gzip")
    ),
    "a bomb": _bad(
        "not JSON", zlib.compress(b" " * 100_000_000), headers=headed(compression="application/x-gzip")
    ),
    "origin a mapping": _fine(BARE, headers=headed(origin={"a": 1})),
}
_CELERY = {
    "protocol 1": _bad("neither", V1, headers={}),
    "protocol 1 with a header": _bad("neither", V1),
    "protocol 2 over protocol 1": _bad("neither", V1, headers=headed(argsrepr="()")),
    "bare arguments without id": _bad("id", BARE, headers=headed(id=MISSING)),
    "bare arguments, id no uuid": _bad("id", BARE, headers=headed(id="seven")),
    "bare arguments, id a list": _bad("id", BARE, headers=headed(id=[1])),
    "bare arguments that do not fit": Malformed("contract", "name", b'[[], {"nome": "CASE"}, {}]'),
    "positional arguments": _bad("neither", b'[["CASE", 1], {}, {}]'),
    "no arguments": _bad("neither", b"[[], {}, {}]"),
    "Celery's own, over an object": _bad("neither", b'{"CASE": 1}', headers=headed(task=OWN)),
    "Celery's own, not JSON": _bad("not JSON", b"{", headers=headed(task=OWN)),
    "Celery's own, without id": _own(id=MISSING),
    "Celery's own, id a number": _own(id=7),
    "Celery's own, timelimit a text": _own(timelimit="soon"),
    "Celery's own, timelimit too long": _own(timelimit=[1, 2, 3]),
    "Celery's own, eta nonsense": _own(eta="tomorrow"),
    "Celery's own, eta a list": _own(eta=[1]),
    "Celery's own, expires nonsense": _own(expires="never"),
}
_BODIES = {
    "empty": _bad("not JSON", b""),
    "a space": _bad("not JSON", b" "),
    "null": _bad("neither", b"null"),
    "a number": _bad("neither", b"7"),
    "a text": _bad("neither", b'"CASE"'),
    "true": _bad("neither", b"true"),
    "an empty list": _bad("neither", b"[]"),
    "a list of one": _bad("neither", b"[1]"),
    "a list of numbers": _bad("neither", b"[1, 2, 3]"),
    "an object of three": _bad("neither", b'{"a": 1, "b": 2, "c": 3}'),
    "without its third part": _fine(json.dumps([[ENVELOPE], {}]).encode()),
    "with a fourth part": _fine(json.dumps([[ENVELOPE], {}, {}, 4]).encode()),
    "two envelopes": _bad("neither", json.dumps([[ENVELOPE, ENVELOPE], {}, {}]).encode()),
    "the envelope alone": _bad("neither", json.dumps(ENVELOPE).encode()),
    "the envelope as a text": _bad("envelope", task(json.dumps(ENVELOPE))),
    "the envelope as a list": _bad("envelope", task([ENVELOPE])),
    "truncated": _bad("not JSON", GOOD[:-20]),
    "two documents": _bad("not JSON", GOOD + GOOD),
    "trailing NUL": _bad("not JSON", GOOD + b"\0"),
    "NULs": _bad("not JSON", b"\0" * 100),
    "a byte order mark": _bad("not JSON", b"\xef\xbb\xbf" + GOOD),
    "UTF-16": _bad("not JSON", GOOD.decode().encode("utf-16")),
    "invalid UTF-8": _bad("not JSON", GOOD.replace(b"corpus", b"\xff\xfe")),
    "Latin-1": _bad("not JSON", GOOD.replace(b"corpus", "é".encode("latin-1"))),
    "a lone surrogate": _bad("not JSON", GOOD.replace(b"corpus", b"\\ud800")),
    "NaN": _bad("not JSON", GOOD.replace(b'"version": 2', b'"version": NaN')),
    "NaN in a field nobody knows": _bad("not JSON", GOOD.replace(b'"data": {', b'"data": {"x": NaN, ')),
    "Infinity": _bad("not JSON", GOOD.replace(b'"data": {', b'"data": {"x": -Infinity, ')),
    "a number beyond floats": _fine(GOOD.replace(b'"data": {', b'"data": {"x": 1e999, ')),
    "an integer of 400 digits": _fine(GOOD.replace(b'"data": {', b'"data": {"x": ' + b"9" * 400 + b", ")),
    "an integer of 5,000 digits": _bad("not JSON", GOOD.replace(b"2", b"9" * 5_000, 1)),
    "100,000 levels": _bad("not JSON", b"[" * 100_000 + b"]" * 100_000),
    "100,000 objects deep": _bad("not JSON", b'{"a":' * 100_000),
    "10 MB of nothing": _bad("not JSON", b" " * 10_000_000),
    "10 MB of one text": _bad("not JSON", b'"' + b"a" * 10_000_000),
    "10 MB in a field nobody knows": _fine(but("/data/x", "x" * 10_000_000)),
    "a million faults": Malformed("contract", "names.0", but("/data/names", [1] * 1_000_000)),
    "pickle": _bad("not JSON", pickle.dumps({"a": 1}), content_type="application/x-python-serialize"),
    "pickle in a JSON's clothes": _bad("not JSON", pickle.dumps({"a": 2})),
    "duplicate keys": _fine(GOOD.replace(b'"version": 2', b'"version": 1, "version": 2')),
}
_TYPES = {
    "content type unknown": _fine(content_type="application/x-nobody-knows"),
    "content type pickle, JSON inside": _fine(content_type="application/x-python-serialize"),
    "content type yaml": _bad("not JSON", b"names: [CASE]", content_type="application/x-yaml"),
    "content type missing": _fine(content_type=None),
    "content encoding unknown": _fine(content_encoding="utf-99"),
    "content encoding binary": _fine(content_encoding="binary"),
    "content encoding missing": _fine(content_encoding=None),
    "content type a list": _fine(content_type=["json"], amqp=False),
    "base64, says a plain body": _fine(properties={"body_encoding": "base64"}, amqp=False),
    "body encoding unknown": _fine(properties={"body_encoding": "rot13"}, amqp=False),
    "body encoding a list": _fine(properties={"body_encoding": ["base64"]}, amqp=False),
    "properties a list": _fine(properties=[1], amqp=False),
    "delivery info a text": _fine(properties={"delivery_info": "here"}, amqp=False),
    "deaths a text": _fine(properties={"delivery_info": {"deaths": "x"}}, amqp=False),
    "deaths negative": _fine(properties={"delivery_info": {"deaths": -9}}, amqp=False),
    "deaths true": _fine(properties={"delivery_info": {"deaths": True}}, amqp=False),
    "another's delivery tag": _fine(properties={"delivery_tag": "sample.v1/0-0"}, amqp=False),
    "another's queue": _fine(properties={"delivery_info": {"queue": ["x"]}}, amqp=False),
    "priority nonsense": _fine(properties={"priority": "high", "reply_to": 3}, amqp=False),
}
_WIRE = {
    "2,000 levels in a header": _odd(arrays(2_000)),
    "20,000 levels in a header": _odd(arrays(20_000)),
    "a header of a year that is none": _odd(pack(">cQ", b"T", 2**62)),
    "a header of a time beyond 64 bits": _odd(pack(">cQ", b"T", 2**64 - 1)),
    "a header of a time": _odd(pack(">cQ", b"T", 2**30)),
    "a header of a fraction": _odd(pack(">cBi", b"D", 2, 2**30)),
    "a header no UTF-8": _odd(text(b"\xff\xfe")),
    "a header's name no UTF-8": _wired(table((b"\xff\xfe", text(b"x")))),
    "a name no UTF-8 in a header": _odd(b"F" + pack(">IB2s", 4, 2, b"\xff\xfe") + b"V"),
    "content type no UTF-8": _wired(pack(">HB2s", 0x8000, 2, b"\xff\xfe")),
    "correlation id no UTF-8": _wired(pack(">HB2s", 0x0400, 2, b"\xff\xfe")),
    "message id no UTF-8": _wired(pack(">HB2s", 0x0080, 2, b"\xff\xfe")),
    "Celery's own, a header's name no UTF-8": _own_wired((b"\xff", b"V")),
}
"""What only AMQP can carry."""
_ENVELOPES = {
    **{
        f"no {field}": _bad(f"{field}: ", but(f"/{field}", MISSING).replace(b"{}", b'{"x": "CASE"}'))
        for field in ENVELOPE
    },
    "id no uuid": _bad("id: ", but("/id", "seven")),
    "id a number": _bad("id: ", but("/id", 7)),
    "name a list": _bad("name: ", but("/name", ["sample.greet"])),
    "name with NUL": Malformed("unknown", "no handler", but("/name", "sample.\0greet")),
    "name of 100 kB": Malformed("unknown", "no handler", but("/name", "x" * 100_000)),
    "name of an unknown owner": Malformed("unknown", "no handler", but("/name", "nobody.greet")),
    "name of another's message": Malformed("unknown", "no handler", but("/name", "sample.greeted")),
    "version unknown": Malformed("unknown", "knows v1, v2", but("/version", 3)),
    "version of 30 digits": Malformed("unknown", "knows v1, v2", but("/version", 10**30)),
    "version 0": _bad("version: ", but("/version", 0)),
    "version a text": _bad("version: ", but("/version", "two")),
    "version null": _bad("version: ", but("/version", None)),
    "version of another shape": Malformed("contract", "name: ", but("/version", 1)),
    "sent_at without offset": _bad("sent_at: ", but("/sent_at", "2026-03-01T12:30:00")),
    "sent_at in a far future": _bad("sent_at: ", but("/sent_at", 1e30)),
    "producer a text": _bad("producer: ", but("/producer", "corpus/1")),
    "correlation_id a list": _bad("correlation_id: ", but("/correlation_id", [])),
    "causation_id a text": _bad("causation_id: ", but("/causation_id", "before")),
    "traceparent nonsense": _fine(but("/traceparent", "00-zz")),
    "traceparent a number": _bad("traceparent: ", but("/traceparent", 7)),
    "data a list": _bad("data: ", but("/data", ["CASE"])),
    "data null": _bad("data: ", but("/data", None)),
    "data empty": Malformed("contract", "names: ", but("/data", {})),
    "data against the contract": Malformed("contract", "names.0: ", but("/data/names", [None])),
    "data with NUL": Malformed("exhausted", "NUL", but("/data/names", ["CASE", "\0"])),
    "fields nobody knows": _fine(but("/data/later", {"x": [1]}).replace(b'"id"', b'"hop": 1, "id"', 1)),
}
CORPUS = {
    name: row.named(name)
    for group in (_HEADERS, _CELERY, _BODIES, _TYPES, _WIRE, _ENVELOPES)
    for name, row in group.items()
}
ENTRIES: dict[str, dict[str | bytes, str | bytes]] = {
    "fields of somebody else": {"anything": "at all"},
    "a body alone": {"body": b"\xff"},
    "a rest that is no JSON": {"body": GOOD, "rest": "not JSON"},
    "a rest that is a list": {"body": GOOD, "rest": "[1]"},
    "a rest of 100,000 levels": {"body": GOOD, "rest": "[" * 100_000},
    "a task with a lone surrogate": {"body": GOOD, "rest": '{"headers": {"task": "\\ud800"}}'},
    "an integer of 5,000 digits in its rest": {"body": GOOD, "rest": "[" + "9" * 5_000 + "]"},
    "bytes everywhere": {b"\xff\x00": b"\xfe"},
}
"""Entries of a stream that nobody of ours wrote."""
