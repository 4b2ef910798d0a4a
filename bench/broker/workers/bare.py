"""The floor: `python -m bench.broker.workers.bare [quorum]`, the client library with nothing around it.

What it reads it reads by the hundred, and acknowledges by the hundred when all of it is handled.
"""

import json
import os
import sys
from typing import Any

import amqp
from kombu.utils.url import parse_url
from redis import Redis

from bench.broker.order import check
from bench.broker.tally import mine

QUEUE = "orders"
QUORUM = {"x-queue-type": "quorum"}
"""Arguments of a queue as the mesh's are, which survives the loss of a node: the floor under that, too."""
GROUP = "workers"
MOST = 100


def take_order(body: bytes | str) -> None:
    order = json.loads(body)
    amounts = (line["quantity"] * line["unit_price"] for line in order["lines"])
    check(order["number"], order["currency"], order["total"], amounts)
    mine().note(order["number"])


def redis(url: str) -> None:
    """One round trip acknowledges and deletes what was read before and reads the next."""
    client, consumer = Redis.from_url(url, protocol=2), str(os.getpid())
    done: list[bytes] = []
    client.xgroup_create(QUEUE, GROUP, id="0", mkstream=True)
    while True:
        found = _read(client, consumer, done)
        for _, fields in found:
            take_order(fields[b"body"])
        done = [id for id, _ in found]


def _read(client: Redis, consumer: str, done: list[bytes]) -> list[Any]:
    with client.pipeline(transaction=False) as pipe:
        if done:
            pipe.xack(QUEUE, GROUP, *done)
            pipe.xdel(QUEUE, *done)
        # Not for ever: redis-py would take a longer silence for a dead server.
        pipe.xreadgroup(GROUP, consumer, {QUEUE: ">"}, count=MOST, block=1000)
        *_, streams = pipe.execute()
    return streams[0][1] if streams else []


def rabbitmq(url: str, arguments: dict[str, str]) -> None:
    """Three hundreds are under way; a hundred, or what came before a silence, is acknowledged at once."""
    connection = amqp_connection(url)
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments=arguments)
    channel.basic_qos(0, 3 * MOST, a_global=False)
    unacked: list[int] = []

    def settle() -> None:
        if unacked:
            channel.basic_ack(unacked[-1], multiple=True)
            unacked.clear()

    def on_message(message: Any) -> None:
        take_order(message.body)
        unacked.append(message.delivery_tag)
        if len(unacked) == MOST:
            settle()

    channel.basic_consume(QUEUE, callback=on_message)
    while True:
        try:
            connection.drain_events(timeout=0.01 if unacked else None)
        except TimeoutError:
            settle()


def amqp_connection(url: str) -> amqp.Connection:
    """As py-amqp wants it: it knows no URLs."""
    at = parse_url(url)
    connection = amqp.Connection(
        f"{at['hostname']}:{at['port']}",
        userid=at["userid"],
        password=at["password"],
        virtual_host=at["virtual_host"],
    )
    connection.connect()
    return connection


if __name__ == "__main__":
    _url = os.environ["BENCH_URL"]
    if _url.startswith("redis"):
        redis(_url)
    else:
        rabbitmq(_url, QUORUM if "quorum" in sys.argv else {})
