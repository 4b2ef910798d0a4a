"""What no tool of Celery's would say to a worker over its remote control, by name; and a way to say it."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from kombu import Exchange, Producer
from malformed import nested
from redis import Redis

from mesh import broker

MAILBOX = "sample.control.pidbox"


class Said(NamedTuple):
    """A message for the mailbox of every worker."""

    body: str
    headers: Any = None
    content_type: str = "application/json"
    content_encoding: str = "utf-8"


def _command(method: Any = "ping", headers: Any = None, **rest: Any) -> Said:
    body = {"method": method, "arguments": {}, "destination": None, "ticket": "1", **rest}
    return Said(json.dumps(body), headers)


def _asking(**arguments: Any) -> Said:
    return _command(arguments.pop("method"), arguments=arguments)


def _answered_to(exchange: Any, key: Any = "nobody") -> Said:
    return _command(reply_to={"exchange": exchange, "routing_key": key})


_FORMS = {
    "empty": Said(""),
    "not JSON": Said("{"),
    "NaN": Said('{"method": NaN}'),
    "100,000 levels": Said("[" * 100_000),
    "100,000 objects deep": Said('{"a":' * 100_000),
    "300 levels of arguments": _command(arguments=nested(300)),
    "an integer of 5,000 digits": Said('{"method": ' + "9" * 5_000 + "}"),
    "null": Said("null"),
    "a number": Said("7"),
    "a text": Said('"ping"'),
    "a list": Said("[1, 2]"),
    "an empty object": Said("{}"),
    "content type unknown": Said("{}", content_type="application/x-nobody-knows"),
    "content type pickle": Said("{}", content_type="application/x-python-serialize"),
    "content type yaml": Said("method: ping", content_type="application/x-yaml"),
    "content encoding unknown": Said("{}", content_encoding="utf-99"),
    "compression of what is not compressed": Said("{}", {"compression": "application/x-gzip"}),
    "compression a list": Said("{}", {"compression": [1]}),
}
_COMMANDS = {
    "method unknown": _command("make_tea"),
    "method a number": _command(7),
    "method a list": _command(["ping"]),
    "method a mapping": _command({"ping": 1}),
    "method null": _command(None),
    "arguments a list": _command(arguments=[1]),
    "arguments a text": _command(arguments="all"),
    "arguments of another method": _command(arguments={"queue": 7}),
    "an argument that is ours": _command(arguments={"state": 7}),
    "a field that is ours": _command(self=1, node=2),
    "destination a number": _command(destination=7),
    "destination a mapping": _command(destination={"a": 1}),
    "pattern a list": _command(pattern=["*"], matcher="glob"),
    "matcher unknown": _command(pattern="*", matcher="tarot"),
    "pattern no expression": _command(pattern="(", matcher="pcre"),
    "clock a text": _command(headers={"clock": "late"}),
    "clock a list": _command(headers={"clock": [1]}),
    "clock at its end": _command(headers={"clock": 2**63 - 1}),
}
_REPLIES = {
    "reply_to a text": _command(reply_to="me"),
    "reply_to a number": _command(reply_to=7),
    "reply_to empty": _command(reply_to={"a": 1}),
    "reply_to a list": _answered_to(["a"]),
    "reply_to a number inside": _answered_to(7, 8),
    "reply_to another kind of exchange": _answered_to("mesh"),
    "reply_to the broker's own": _answered_to("amq.topic"),
    "reply_to a name of 300": _answered_to("x" * 300),
    "reply_to a key of 300": _answered_to("reply.sample.control.pidbox", "x" * 300),
    "ticket a mapping": _command(reply_to={"exchange": "here", "routing_key": "x"}, ticket=nested(50)),
}
_ARGUMENTS = {
    "revoke numbers": _asking(method="revoke", task_id=[1, 2]),
    "revoke a mapping": _asking(method="revoke", task_id={"a": {}}),
    "revoke lists": _asking(method="revoke", task_id=[["a"]], terminate="yes"),
    "terminate by no signal": _asking(method="terminate", task_id=["a"], signal="SIGNOTHING"),
    "revoke by stamps of numbers": _asking(method="revoke_by_stamped_headers", headers=[1]),
    "rate limit nonsense": _asking(method="rate_limit", task_name="sample.greet", rate_limit="often"),
    "rate limit a list": _asking(method="rate_limit", task_name=[1], rate_limit=[1]),
    "time limit of a list": _asking(method="time_limit", task_name=[1]),
    "pool grows by a text": _asking(method="pool_grow", n="many"),
    "pool shrinks by a text": _asking(method="pool_shrink", n="many"),
    "autoscale nonsense": _asking(method="autoscale", max="a", min=[]),
    "query a mapping": _asking(method="query_task", ids={"a": 1}),
    "registered by numbers": _asking(method="registered", taskinfoitems=7),
    "consume from a number": _asking(method="add_consumer", queue=7),
    "consume from a mapping": _asking(method="add_consumer", queue={"a": 1}),
    "consume from nothing": _asking(method="add_consumer", queue=None),
    "consume from a name of 300": _asking(method="add_consumer", queue="x" * 300),
    "consume by no kind of exchange": _asking(
        method="add_consumer", queue="odd", exchange="odd", exchange_type="tarot"
    ),
    "consume by another kind of exchange": _asking(
        method="add_consumer", queue="odder", exchange="mesh", exchange_type="direct"
    ),
    "cancel a list": _asking(method="cancel_consumer", queue=["sample.v1"]),
    "cancel what is not consumed": _asking(method="cancel_consumer", queue="nothing"),
}
GARBAGE = _FORMS | _COMMANDS | _REPLIES | _ARGUMENTS

PUBLISHED = [
    b"",
    b"\xff\xfe",
    b"not JSON",
    b"[" * 100_000,
    b"null",
    b"7",
    b"[]",
    b"{}",
    b'{"body": 7}',
    b'{"body": "{}", "headers": 7, "properties": 7}',
    b'{"body": "{}", "properties": {"delivery_tag": [1], "delivery_info": 7}}',
    b'{"body": "{}", "properties": {"delivery_tag": "1", "body_encoding": "rot13"}}',
]
"""What is no message at all, to those who listen on a Redis server."""


def say(broker_url: str, messages: Iterable[Said]) -> None:
    """Say these to every worker of the sample service."""
    mailbox = Exchange(MAILBOX, type="fanout", durable=False)
    with broker.connection(broker_url) as connection:
        producer = Producer(connection.default_channel, mailbox, auto_declare=False)
        for said in messages:
            producer.publish(
                said.body.encode(),
                content_type=said.content_type,
                content_encoding=said.content_encoding,
                headers=said.headers,
            )


def publish(broker_url: str, messages: Iterable[bytes]) -> None:
    """Publish these where the workers on a Redis server listen."""
    url = broker_url.removeprefix("streams+")
    with Redis.from_url(url) as server:
        for message in messages:
            assert server.publish(f"/{url.rpartition('/')[2]}.{MAILBOX}", message), "a worker hears it"
