"""Events that nobody listened for are kept, counted, and sent again when somebody does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import Program, eventually
from sample import Greeted, ledger

from contracts import contract_of
from mesh import Settings, unrouted
from mesh.broker import declare_queues
from mesh.outbox import Outgoing
from mesh.publisher import connect
from mesh.testing import around
from mesh.topology import queues


@pytest.fixture
def settings(url: str, broker_url: str) -> Settings:
    return Settings(database_url=url, broker_url=broker_url, broker_persistence="optional")


@pytest.fixture
def second(url: str, broker_url: str, tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    """Starts a process of a service that listens."""
    told = {"DATABASE_URL": url, "BROKER_URL": broker_url, "PYTHONPATH": "deploy:tests/support"}
    programs = {role: Program("second", role, folder=tmp_path, **told) for role in ("worker", "relay")}
    yield lambda role: programs[role].start().ready()
    for program in programs.values():
        program.destroy()


def publish(settings: Settings, *names: str) -> None:
    publisher = connect(settings.broker_url, "optional")
    for name in names:
        envelope = around(Greeted(names=(name,)))
        publisher.publish(
            [
                Outgoing(
                    str(envelope.id), envelope.name, "sample.greeted.v1", None, envelope.model_dump_json(), 0
                )
            ]
        )
    publisher.close()


def test_what_nobody_listens_for_is_counted_and_stays(settings: Settings) -> None:
    publish(settings, "Ada", "Bob")
    assert unrouted.counted(settings.broker_url) == {"sample.greeted v1": 2}
    assert unrouted.counted(settings.broker_url) == {"sample.greeted v1": 2}
    assert unrouted.replay(settings) == (2, 0)  # still nobody
    assert unrouted.counted(settings.broker_url) == {"sample.greeted v1": 2}


def test_of_others_nothing_is_sent(settings: Settings) -> None:
    publish(settings, "Ada")
    assert unrouted.replay(settings, only={"sample.worked.v1"}) == (0, 1)
    assert unrouted.replay(settings, only={"sample.greeted.v1"}) == (1, 0)


def test_whoever_listens_now_gets_it(settings: Settings) -> None:
    publish(settings, "Ada", "Bob")
    declare_queues(settings.broker_url, queues("late", [(contract_of(Greeted), None)]))
    assert unrouted.replay(settings) == (2, 0)
    assert unrouted.counted(settings.broker_url) == {}


def test_a_listener_that_comes_later_gets_it_by_itself(
    settings: Settings, second: Callable[[str], Program], tx: Any
) -> None:
    publish(settings, "Ada", "Bob")
    second("worker")
    second("relay")
    eventually(lambda: sorted(ledger(tx, "heard")) == ["Ada", "Bob"], "it hears what was said before", 40)
    assert unrouted.counted(settings.broker_url) == {}
