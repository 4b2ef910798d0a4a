"""Events that nobody listened for are kept, counted, and sent again when somebody does."""

import pytest
from sample import Greeted

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


def test_whoever_listens_now_gets_it(settings: Settings) -> None:
    publish(settings, "Ada", "Bob")
    declare_queues(settings.broker_url, queues("late", [(contract_of(Greeted), None)]))
    assert unrouted.replay(settings) == (2, 0)
    assert unrouted.counted(settings.broker_url) == {}
