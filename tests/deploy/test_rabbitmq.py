"""What each service's user may do on a RabbitMQ that has the definitions of a real installation."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import compose
import pytest
import sample
import topology
from amqp import Channel, Message
from amqp.exceptions import AccessRefused
from kombu import Connection
from rabbit import Installation, install

from mesh import leases

pytestmark = pytest.mark.timeout(600)  # the first of them waits for the node
CONSUMERS = [import_module(f"{name}.tasks").consumer for name in compose.OURS]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, state: Path) -> Iterator[Installation]:
    with install(tmp_path_factory.mktemp("checkout"), state / "guarded") as installed:
        yield installed


@pytest.fixture
def emails(installation: Installation) -> Iterator[Channel]:
    """A channel of the service that is to be kept from the others' messages."""
    with Connection(installation.url("emails")) as connection:
        yield connection.channel()


def test_what_is_written_down_is_what_the_code_wants() -> None:
    written = (compose.ROOT / "deploy/rabbitmq/topology.json").read_text()
    assert written == topology.text(topology.definitions(CONSUMERS)), "run `make topology`"


def listen_from_behind(channel: Channel) -> None:
    channel.exchange_declare("emails.ear", "fanout", auto_delete=True)
    channel.exchange_bind("emails.ear", "mesh", "reports.sales_recorded.v1")


def announce(channel: Channel, key: str, exchange: str = "mesh") -> None:
    channel.confirm_select()
    channel.basic_publish_confirm(Message("{}"), exchange=exchange, routing_key=key)


THEFT: dict[str, Callable[[Channel], Any]] = {
    "read": lambda c: c.basic_get("orders.v1"),
    "consume": lambda c: c.basic_consume("orders.v1"),
    "purge": lambda c: c.queue_purge("orders.v1"),
    "delete": lambda c: c.queue_delete("orders.v1"),
    "unbind": lambda c: c.queue_unbind("orders.v1", "mesh", "emails.email_sent.v1"),
    "read the unrouted": lambda c: c.basic_get("mesh.unrouted"),
    "read the dead": lambda c: c.basic_get("mesh.dead"),
    "delete the exchange": lambda c: c.exchange_delete("mesh"),
    "listen in": lambda c: c.queue_bind("emails.v1", "mesh", "reports.sales_recorded.v1"),
    "listen to all": lambda c: c.queue_bind("emails.v1", "mesh", "#"),
    "listen from behind": listen_from_behind,
    "command by hand": lambda c: c.exchange_declare("orders.control.pidbox", "fanout"),
    "announce in another's name": lambda c: announce(c, "orders.order_placed.v1"),
    "announce it with a delay": lambda c: announce(
        c, f"{'0.' * 28}orders.order_placed.v1", "celery_delayed_27"
    ),
    "listen where delays end": lambda c: c.queue_bind("emails.v1", "celery_delayed_delivery", "#"),
    "wait in its place": lambda c: c.basic_get("celery_delayed_5"),
    # To purge it is to read it, for RabbitMQ: all who live have said it again some seconds later.
    "have nobody live": lambda c: c.queue_delete("mesh.live"),
    "have all announced elsewhere": lambda c: c.queue_bind("mesh.live", "mesh", "#"),
}


@pytest.mark.parametrize("theft", THEFT)
def test_a_service_cannot_reach_what_is_another_ones(emails: Channel, theft: str) -> None:
    with pytest.raises(AccessRefused):
        THEFT[theft](emails)


def test_a_service_does_what_is_its_own(emails: Channel) -> None:
    emails.queue_bind("emails.v1", "mesh", "orders.order_placed.v1")
    emails.basic_get("emails.v1")
    announce(emails, "emails.email_sent.v1")
    announce(emails, f"{'0.' * 28}emails.email_sent.v1", "celery_delayed_27")


def test_every_service_says_that_it_lives_and_sees_who_else_does(installation: Installation) -> None:
    kept = {name: leases.connect(installation.url(name)) for name in compose.OURS}
    for name, of_it in kept.items():
        of_it.renew(name, name.encode())
    assert [sorted(of_it.all()) for of_it in kept.values()] == [[b"emails", b"orders", b"reports"]] * 3
    for name, of_it in kept.items():
        of_it.end(name)
        of_it.close()
    assert leases.read(installation.admin_url) == []


@pytest.mark.parametrize("lane", [None, "bulk"])
def test_a_command_is_sent_by_all_and_bound_by_its_owner_alone(lane: str | None) -> None:
    found = topology.definitions([*CONSUMERS, sample.consumer])
    may = {p["user"]: p for p in found["topic_permissions"] if p["exchange"] == "mesh"}
    key = "sample.work.v1.bulk" if lane else "sample.greet.v2"
    queue = "sample.v1.bulk" if lane else "sample.v2"
    assert all(re.search(may[name]["write"], key) for name in may)
    assert [name for name in may if re.search(may[name]["read"], key)] == ["sample"]
    assert key in {b["routing_key"] for b in found["bindings"] if b["destination"] == queue}
    assert queue in {q["name"] for q in found["queues"]}
