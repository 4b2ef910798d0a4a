"""The transport over streams: what it keeps on the server, where it connects, whom it refuses."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from programs import Program, eventually
from redis import Redis
from redisservers import answers, sentinel, server, tls_server
from sample import Greet

from embedded.ports import HOST
from embedded.valkey import Valkey
from mesh import outbox, streams
from mesh.broker import declare, transport_options
from mesh.database import connect as connect_database
from mesh.errors import RefusedAtStart
from mesh.streams.address import Address
from mesh.topology import EXCHANGE, UNROUTED

QUEUE = Queue("sample.v1", exchange=EXCHANGE, routing_key="sample.greet.v1")


@pytest.fixture
def broker_url(valkey: Valkey) -> str:
    """These tests look into the server."""
    Redis.from_url(valkey.redis_url, db=14).flushdb()
    return f"{valkey.url.rpartition('/')[0]}/14"


@pytest.fixture
def connect(broker_url: str) -> Iterator[Callable[[], Connection]]:
    """Connections as processes have them: none knows what another has declared."""
    streams.register()
    made: list[Connection] = []

    def connect(url: str = broker_url) -> Connection:
        made.append(Connection(url, transport_options=transport_options()))
        return made[-1]

    yield connect
    for connection in made:
        connection.release()


def send(connection: Connection, body: str, *, to: Queue = QUEUE, **headers: Any) -> None:
    producer = connection.Producer(serializer="json")
    producer.publish(body, exchange=to.exchange, routing_key=to.routing_key, headers=headers)


def received(connection: Connection, queue: str = QUEUE.name) -> list[str]:
    """All that lies in a queue now, taken off it."""
    bound = Queue(queue)(connection.default_channel)
    bodies = []
    while message := bound.get():
        bodies.append(message.payload)
        message.ack()
    return bodies


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_sender_that_declared_nothing_knows_what_others_declared(connect: Any) -> None:
    QUEUE(connect().default_channel).declare()
    stranger = connect()
    producer = stranger.Producer(serializer="json")
    producer.publish("hello", exchange="mesh", routing_key="sample.greet.v1")
    assert received(connect()) == ["hello"]


def test_what_no_queue_is_bound_for_goes_to_the_alternate_exchange(connect: Any) -> None:
    declare(connect().default_channel)
    connect().Producer(serializer="json").publish("who?", exchange="mesh", routing_key="nobody.listens.v1")
    assert received(connect(), UNROUTED) == ["who?"]


def test_an_exchange_without_alternate_drops_what_nobody_wants(connect: Any) -> None:
    declare(connect().default_channel)
    send(connect(), "who?", to=Queue("nobody", exchange=Exchange("lonely", type="direct"), routing_key="x"))
    assert received(connect(), "nobody") == received(connect(), UNROUTED) == []


def test_a_delayed_message_waits_on_the_server_until_it_is_due(connect: Any) -> None:
    connection = connect()
    QUEUE(connection.default_channel).declare()
    send(connection, "later", eta=in_seconds(3))
    send(connection, "now")
    assert received(connection) == ["now"]
    channel = connect().default_channel
    channel.basic_consume(
        "other", no_ack=False, callback=print, consumer_tag="c"
    )  # whose queue it is, no matter
    channel.renew_and_claim()
    assert received(connection) == []
    time.sleep(3)
    channel.renew_and_claim()
    assert received(connection) == ["later"]
    assert channel.client.exists("delayed") == 0


def test_many_delayed_messages_come_in_the_order_in_which_they_are_due(connect: Any) -> None:
    connection = connect()
    QUEUE(connection.default_channel).declare()
    for number in range(1200):
        send(connection, str(number), eta=in_seconds(0.5 + number / 10_000))
    connection.default_channel.basic_consume("other", no_ack=False, callback=print, consumer_tag="c")
    time.sleep(0.8)
    connection.default_channel.renew_and_claim()
    assert received(connect()) == [str(number) for number in range(1200)]


@pytest.mark.parametrize("eta", ["nonsense", 5, ["x"], None])
def test_an_eta_that_is_none_delays_nothing(connect: Any, eta: Any) -> None:
    connection = connect()
    QUEUE(connection.default_channel).declare()
    send(connection, "now", eta=eta)
    assert received(connection) == ["now"]


def test_tls_verifies_the_server(connect: Any, tmp_path: Path) -> None:
    with tls_server(tmp_path) as (port, certificate):
        url = f"streams+rediss://{HOST}:{port}/0"
        connection = connect(f"{url}?ssl_ca_certs={certificate}")
        QUEUE(connection.default_channel).declare()
        send(connection, "secret")
        assert received(connection) == ["secret"]
        with pytest.raises(Exception, match="certificate verify failed"):
            connect(url).default_channel.client.ping()


def test_sentinels_say_where_the_server_is(connect: Any, tmp_path: Path) -> None:
    with (
        server(tmp_path / "master", {"requirepass": "secret"}) as master,
        sentinel(tmp_path / "sentinel", "main", master) as port,
    ):
        eventually(lambda: answers(Redis(HOST, master, password="secret")), "the master answers")
        Redis(HOST, port).execute_command("SENTINEL", "SET", "main", "auth-pass", "secret")
        connection = connect(f"streams+sentinel://:secret@{HOST}:1/3?master=main&also={HOST}:{port}")
        QUEUE(connection.default_channel).declare()
        send(connection, "hello")
        assert received(connection) == ["hello"]
        assert Redis(HOST, master, password="secret", db=3).exists("stream:sample.v1")


@pytest.mark.parametrize(
    "url",
    [
        "http://broker/0",
        "redis://broker:port/0",
        "redis://broker/zero",
        "sentinel://broker/0",
        "redis://broker/0?master=main",
        "rediss://broker/0?ssl_cert_reqs=perhaps",
    ],
)
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(RefusedAtStart, match="BROKER_URL"):
        Address.parse(url)


def test_an_address_may_be_of_ipv6_and_have_any_password() -> None:
    address = Address.parse("rediss://me:p%40ss%2F@[::1]/2")
    assert address.hosts == (("::1", 6379),)
    assert (address.username, address.password, address.database) == ("me", "p@ss/", 2)
    assert address.tls is not None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"maxmemory-policy": "allkeys-lru", "appendonly": "yes"}, "set noeviction there"),
        ({"appendonly": "no"}, "appendonly"),
        ({"appendonly": "yes", "cluster-enabled": "yes"}, "cluster"),
    ],
)
@pytest.mark.parametrize("role", ["worker", "relay"])
def test_an_unsafe_server_is_refused(
    url: str, tmp_path: Path, role: str, settings: dict[str, str], said: str
) -> None:
    with server(tmp_path / "unsafe", settings) as port:
        eventually(lambda: answers(Redis(HOST, port)), "the server answers")
        program = Program(
            "sample",
            role,
            folder=tmp_path,
            DATABASE_URL=url,
            BROKER_URL=f"streams+redis://{HOST}:{port}/0",
            BROKER_PERSISTENCE="required",
            PYTHONPATH="deploy:tests/support",
        )
        try:
            if role == "relay":
                with connect_database(url, "test") as tx:
                    outbox.put(tx, Greet(names=("Ada",)))
            assert program.start().wait() == 2
            assert said in program.log.read_text()
        finally:
            program.destroy()
