"""Manifests: what a package says of its build is what its code does, and code does not go beyond it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import compose
import pytest
import sample
import second
from commands import run

from contracts import Producer, contract_of, uuid7
from mesh import Consumer, Service, Settings, context, manifest, outbox, testing
from mesh.errors import Undeclared
from mesh.manifest import Manifest
from orders.domain import Customer, Line, Order
from orders.store.answers import Answer
from orders.usecases import placing

SERVICES = compose.OURS
FILES = {name: compose.ROOT / "services" / name / "src" / name / manifest.FILE for name in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_written_down_is_what_the_code_does(service: str) -> None:
    code, anew, _ = run(service, "manifest", "--anew")
    assert (code, FILES[service].read_text()) == (0, anew), "run `make manifests`"
    assert run(service, "manifest") == (0, anew, "")


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_what_a_running_process_says_and_more(service: str) -> None:
    shipped, running = manifest.shipped(service), Manifest.of(import_module(f"{service}.main").service)
    assert shipped.database
    plain = (taken.model_copy(update={"unread": ()}) for taken in shipped.takes)
    assert shipped.model_copy(update={"database": (), "takes": tuple(plain)}) == running


def test_a_wheel_carries_it(tmp_path: Path) -> None:
    build = Path(sys.executable).parent / "hatchling"
    where = compose.ROOT / "services" / "emails"
    subprocess.run(
        [build, "build", "-t", "wheel", "-d", tmp_path], cwd=where, check=True, capture_output=True
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        assert json.loads(opened.read("emails/manifest.json")) == json.loads(FILES["emails"].read_text())


@pytest.fixture
def mute() -> None:
    """This process is of a service that says it sends nothing."""
    context.identify(Producer(service="sample", build="1.0"), sends=())


def test_a_handler_sends_nothing_undeclared(mute: None, deliver: Callable[..., None], tx: Any) -> None:
    deliver(sample.Greet(names=("Ada",)))
    assert testing.sent(tx, sample.Greeted) == []
    assert sample.ledger(tx, "greet") == []
    [again] = testing.sent(tx, sample.Greet)
    assert again.names == ("Ada",)


def test_who_sends_it_is_told_where_to_say_so(mute: None, tx: Any) -> None:
    with pytest.raises(
        Undeclared, match=r"sample does not say that it sends sample\.greeted v1: add it to its"
    ):
        outbox.put(tx, sample.Greeted(names=()))


def test_what_is_declared_is_declared_in_a_version(tx: Any) -> None:
    context.identify(Producer(service="second", build="1.0"), sends=(sample.GreetV2,))
    outbox.put(tx, sample.GreetV2(names=()))
    with pytest.raises(Undeclared, match=r"sample\.greet v1"):
        outbox.put(tx, sample.GreetV1(name=""))


def test_an_api_sends_nothing_undeclared() -> None:
    context.identify(Producer(service="orders", build="0"), sends=())
    ada = Customer(email="ada@example.org", name="Ada", locale="en")
    line = Line(sku="a", name="A", quantity=1, unit_price=1)
    order = Order(uuid7(), "acme", ada, "EUR", (line,))
    with pytest.raises(Undeclared, match=r"orders does not say that it sends orders\.order_placed v1"):
        placing.accept(order, None, Answer(201, "", {}))


def test_an_event_is_announced_by_its_owner_alone() -> None:
    with pytest.raises(TypeError, match=r"second sends sample\.greeted v1: .* by its owner, sample"):
        Service(consumer=second.consumer, settings=Settings, wiring=sample.wiring, sends=(sample.Greeted,))
    commanding = Service(
        consumer=Consumer[Any]("third"),
        settings=Settings,
        wiring=sample.wiring,
        sends=(sample.Count,),
        build="1",
    )
    [sent] = Manifest.of(commanding).sends
    assert (sent.name, sent.version) == (contract_of(sample.Count).name, 1)
