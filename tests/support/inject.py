"""Putting messages onto a real broker as they are, past everything that would refuse them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from malformed import QUEUE, Malformed
from redis import Redis


def inject(broker_url: str, messages: Iterable[Malformed]) -> None:
    """Put these messages into the sample service's queue, in order."""
    if broker_url.startswith("amqp"):
        _inject_amqp(broker_url, messages)
    else:
        entries = ({"body": m.body, "rest": json.dumps(_rest(m))} for m in messages)
        inject_entries(broker_url, entries)


def inject_entries(broker_url: str, entries: Iterable[Mapping[Any, Any]]) -> None:
    """Put these entries into the stream of the sample service's queue."""
    with Redis.from_url(broker_url.removeprefix("streams+")) as server:
        for entry in entries:
            server.xadd(f"stream:{QUEUE}", dict(entry))


def _rest(message: Malformed) -> dict[str, Any]:
    return {
        "content-type": message.content_type,
        "content-encoding": message.content_encoding,
        "headers": message.headers,
        "properties": message.properties,
    }


def _inject_amqp(broker_url: str, messages: Iterable[Malformed]) -> None:
    url = urlsplit(broker_url)
    with amqp.Connection(
        f"{url.hostname}:{url.port}",
        userid=unquote(url.username or ""),
        password=unquote(url.password or ""),
        virtual_host=unquote(url.path[1:]) or "/",
        confirm_publish=True,
    ) as connection:
        for message in messages:
            connection.channel(1).basic_publish(_amqp(message), routing_key=QUEUE, mandatory=True)


def _amqp(message: Malformed) -> amqp.Message:
    given = {
        "content_type": message.content_type,
        "content_encoding": message.content_encoding,
        "application_headers": message.headers,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if message.wire:
        return _AsItIs(message.body, wire=message.wire)
    return amqp.Message(message.body, delivery_mode=2, **given)


class _AsItIs(amqp.Message):
    """A message whose properties somebody else has encoded."""

    def _serialize_properties(self) -> bytes:
        return bytes(self.properties["wire"])
