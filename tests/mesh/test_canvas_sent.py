"""Canvases that services put into their outboxes, over both services: every step done once, however often."""

import time
from typing import Any
from uuid import UUID, uuid4

from programs import Program, eventually
from redis import Redis
from sample import Double, Work, ledger
from second import Add, Finish, Keep, NoteFailure

from mesh import Settings, canvas
from mesh.canvas import chain, chord, group, spread, step

WAIT = 90.0  # seconds; a machine that tests share may be slow
Services = dict[str, Program]


def sum_of(count: int) -> canvas.Canvas:
    """Doubles the numbers up to that, adds them up, doubles the sum, and keeps it."""
    return chain(group(step(Double, number=n) for n in range(count)), step(Add), step(Double), step(Keep))


def kept(tx: Any, *numbers: int) -> None:
    eventually(lambda: ledger(tx, "kept") == [str(n) for n in numbers], f"{numbers} are kept", WAIT)


def handled(tx: Any) -> list[UUID]:
    return [row[0] for row in tx.execute("SELECT message_id FROM inbox WHERE done_at IS NOT NULL")]


def test_a_canvas_goes_through_both_services_with_ids_of_its_own(
    services: Services, tx: Any, other_tx: Any
) -> None:
    id, built = uuid4(), sum_of(10)
    canvas.put(tx, built, id=id)
    kept(other_tx, 180)
    assert sorted(map(int, ledger(tx, "double"))) == [*range(10), 90]
    wanted = [placed.id for placed in canvas.steps(built, id=id)]
    assert sorted(handled(tx) + handled(other_tx)) == sorted(wanted)
    logged = [
        e for name in ("sample worker", "second worker") for e in services[name].events("delivery.handled")
    ]
    assert {event["correlation_id"] for event in logged} == {str(id)}


def test_a_canvas_that_is_sent_again_does_nothing_twice_and_ends(
    services: Services, tx: Any, other_tx: Any, settings: Settings
) -> None:
    id, built = uuid4(), sum_of(10)
    canvas.put(tx, built, id=id)
    canvas.put(tx, built, id=id)
    kept(other_tx, 180)
    forget_results(str(settings.result_url))
    canvas.send(settings, built, id=id)
    eventually(
        lambda: {state.state for state in canvas.states(settings, built, id=id)} == {"SUCCESS"},
        "it ends again",
        WAIT,
    )
    assert len(ledger(tx, "double")) == 11
    kept(other_tx, 180)


def forget_results(url: str) -> None:
    """As a Redis that lost its data."""
    with Redis.from_url(url) as client:
        for key in client.scan_iter("celery-task*"):
            client.delete(key)


def test_results_lost_half_way_and_sent_again(
    services: Services, tx: Any, other_tx: Any, result_url: str
) -> None:
    id = uuid4()
    built = chord([step(Work, text=str(n), seconds=0.1) for n in range(12)], step(Add)).link(step(Keep))
    canvas.put(tx, built, id=id)
    eventually(lambda: len(ledger(tx, "work")) > 4, "some are done")
    forget_results(result_url)
    eventually(lambda: len(ledger(tx, "work")) == 12, "all are done")
    time.sleep(1)
    assert ledger(other_tx, "kept") == []
    canvas.put(tx, built, id=id)
    kept(other_tx, sum(len(str(n)) for n in range(12)))
    assert len(ledger(tx, "work")) == 12


def test_canvases_nest_at_will(services: Services, tx: Any, other_tx: Any) -> None:
    def added(*numbers: int) -> canvas.Canvas:
        return chord([chain(step(Double, number=n), step(Double)) for n in numbers], step(Add))

    begins_with_chords = chord(
        [added(1, 2), chain(added(3), step(Double)), step(Double, number=4)], step(Add)
    )
    goes_on = chain(
        begins_with_chords, group([step(Double), chain(chord([step(Double)], step(Add)), step(Double))])
    )
    canvas.put(tx, chain(goes_on, step(Add), step(Keep)), id=uuid4())
    kept(other_tx, 6 * (12 + 24 + 8))


def test_links_follow_success(services: Services, tx: Any, other_tx: Any) -> None:
    built = chain(step(Double, number=1).link(step(Keep)), step(Double)).link(step(Keep))
    canvas.put(tx, built, id=uuid4())
    eventually(lambda: sorted(ledger(other_tx, "kept")) == ["2", "4"], "both links were followed", WAIT)


def test_a_chain_ends_with_a_group(services: Services, tx: Any, other_tx: Any) -> None:
    canvas.put(tx, chain(step(Double, number=2), group([step(Keep), step(Double)])), id=uuid4())
    eventually(lambda: ledger(tx, "double") == ["2", "4"] and ledger(other_tx, "kept") == ["4"], "both", WAIT)


def test_a_spread_has_no_more_than_so_many_under_way(services: Services, tx: Any, other_tx: Any) -> None:
    services["sample worker"].stop()
    services["sample worker"].set(CONCURRENCY="5").start().ready()
    parts = [step(Work, text=f"part {n}", seconds=0.15).in_lane("bulk") for n in range(20)]
    whole = chord(spread(parts, at_once=2), step(Finish, what="all parts"))
    canvas.put(tx, whole.link_error(step(NoteFailure)), id=uuid4())
    most = 0
    while not ledger(other_tx, "finished"):
        most = max(most, under_way(tx))
        time.sleep(0.01)
    assert most == 2
    assert sorted(ledger(tx, "work")) == sorted(f"part {n}" for n in range(20))
    assert ledger(other_tx, "failed") == []


def under_way(tx: Any) -> int:
    """Handlers that take their time, each in its transaction."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
    at_it = "application_name = 'sample-worker' AND clock_timestamp() - xact_start > '50 ms'"
    return int(tx.execute(asked + at_it).fetchone()[0])


def test_workers_killed_every_so_often(services: Services, tx: Any, other_tx: Any) -> None:
    """60 parts in two services, while a worker of one or the other dies of SIGKILL."""
    parts = [chain(step(Work, text="x" * n, seconds=0.05), step(Keep), step(Double)) for n in range(20)]
    canvas.put(tx, chain(group(parts), step(Add), step(Finish, what="all")), id=uuid4())
    for name in ("sample worker", "second worker", "sample worker", "sample worker"):
        before = len(ledger(tx, "work")) + len(ledger(other_tx, "kept")) + len(ledger(tx, "double"))
        eventually(
            lambda before=before: (
                ledger(other_tx, "finished")
                or len(ledger(tx, "work")) + len(ledger(other_tx, "kept")) + len(ledger(tx, "double"))
                > before + 3
            ),
            "it goes on",
            WAIT,
        )
        services[name].kill()
        services[name].start()
    eventually(lambda: ledger(other_tx, "finished"), "it ends", WAIT)
    assert sorted(ledger(tx, "work"), key=len) == ["x" * n for n in range(20)]
    assert sorted(map(int, ledger(other_tx, "kept"))) == [*range(20)]
    assert sorted(map(int, ledger(tx, "double"))) == [*range(20)]
    assert ledger(other_tx, "finished") == ["all"]
