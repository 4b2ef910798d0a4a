"""Celery's canvas across two services, by name: and every step done once."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery, chain, chord, group, signature
from celery.canvas import Signature
from celery.exceptions import TaskRevokedError
from programs import Program, eventually
from redis import Redis
from sample import ledger

from mesh import deadletters, streams
from mesh.worker.routes import Routes

WAIT = 90.0  # seconds; a machine that tests share may be slow


@pytest.fixture
def client(broker_url: str, result_url: str) -> Iterator[Celery]:
    """A Celery client that knows names, and none of the code."""
    streams.register()
    with Celery("client", broker=broker_url, backend=result_url, set_as_current=False) as app:
        app.conf.task_routes = [Routes(private=())]
        yield app


@pytest.fixture
def step(client: Celery) -> Callable[..., Signature]:
    return lambda name, **fields: signature(name, kwargs=fields, app=client, task_id=str(uuid4()))


Step = Callable[..., Signature]


def test_a_reply_comes_back(services: Any, step: Step, tx: Any) -> None:
    assert step("sample.double", number=2).apply_async().get(timeout=WAIT) == {"number": 4}
    assert ledger(tx, "double") == ["2"]


def test_a_chain_goes_through_both_services(services: Any, step: Step, other_tx: Any) -> None:
    steps = chain(step("sample.double", number=2), step("sample.double"), step("second.keep"))
    assert steps.apply_async().get(timeout=WAIT) == {"number": 8}
    assert ledger(other_tx, "kept") == ["8"]


def test_a_chord_adds_up_what_a_group_did(services: Any, step: Step, tx: Any) -> None:
    header = group(step("sample.double", number=n) for n in range(10))
    assert chord(header)(step("second.add")).get(timeout=WAIT) == {"number": 90}
    assert sorted(map(int, ledger(tx, "double"))) == list(range(10))


def test_canvas_may_be_nested(services: Any, step: Step, other_tx: Any) -> None:
    doubled_twice = [chain(step("sample.double", number=n), step("sample.double")) for n in (1, 2, 3)]
    whole = chain(group(doubled_twice), step("second.add"), step("sample.double"), step("second.keep"))
    assert whole.apply_async().get(timeout=WAIT) == {"number": 48}
    assert ledger(other_tx, "kept") == ["48"]


def test_link_follows_success_and_link_error_failure(services: Any, step: Step, other_tx: Any) -> None:
    good = step("sample.double", number=1)
    good.link(step("second.keep"))
    good.apply_async()
    bad = step("sample.double", number=-1)
    bad.link_error(step("second.mourn", what="a number").set(immutable=True))
    failed = bad.apply_async()
    with pytest.raises(Exception, match="negative"):
        failed.get(timeout=WAIT)
    eventually(lambda: ledger(other_tx, "kept") == ["2"], "the link was followed")
    eventually(lambda: ledger(other_tx, "mourned") == ["a number"], "the failure was told")


def test_a_step_that_fails_is_a_dead_letter_and_ends_its_canvas(
    services: Any, step: Step, tx: Any, other_tx: Any
) -> None:
    with pytest.raises(Exception, match="negative"):
        chain(step("sample.double", number=-5), step("second.keep")).apply_async().get(timeout=WAIT)
    assert [d.reason for d in deadletters.listed(tx)] == ["rejected"]
    assert ledger(other_tx, "kept") == []


def test_a_step_that_is_retried_goes_on_with_its_canvas(services: Any, step: Step, other_tx: Any) -> None:
    steps = chain(step("sample.double", number=13), step("second.keep"))
    assert steps.apply_async().get(timeout=WAIT) == {"number": 26}


def test_a_killed_worker_loses_no_step_and_doubles_none(
    services: dict[str, Program], step: Step, tx: Any, other_tx: Any
) -> None:
    whole = chord([step("sample.double", number=n) for n in range(200)])(step("second.add"))
    eventually(lambda: ledger(tx, "double"), "some were handled")
    services["sample worker"].kill()
    services["sample worker"].start()
    assert whole.get(timeout=WAIT) == {"number": 2 * sum(range(200))}
    assert sorted(map(int, ledger(tx, "double"))) == list(range(200))


def test_who_dies_as_it_goes_on_with_a_chord_is_followed(
    services: dict[str, Program], step: Step, result_url: str
) -> None:
    services["sample worker"].stop()
    whole = chord([step("sample.double", number=n) for n in range(3)])(step("second.add"))
    with Redis.from_url(result_url) as client:  # as it leaves it behind
        client.set(f"celery-taskset-meta-{whole.parent.id}.c", "claimed", ex=5)
    services["sample worker"].start()
    assert whole.get(timeout=WAIT) == {"number": 6}


def test_what_is_revoked_is_not_handled(services: Any, client: Celery, step: Step, tx: Any) -> None:
    wanted = step("sample.double", number=1).set(countdown=3)
    result = wanted.apply_async()
    client.conf.control_exchange = "sample.control"
    assert client.control.revoke(result.id, reply=True, timeout=2)
    with pytest.raises(TaskRevokedError):
        result.get(timeout=WAIT)
    assert ledger(tx, "double") == []


def test_what_has_expired_is_not_handled(services: Any, step: Step, tx: Any) -> None:
    result = step("sample.double", number=1).set(countdown=2, expires=1).apply_async()
    with pytest.raises(TaskRevokedError):
        result.get(timeout=WAIT)
    assert ledger(tx, "double") == []
