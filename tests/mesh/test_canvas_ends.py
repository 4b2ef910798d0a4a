"""How a canvas ends before its end: failed and resumed, called off, too late. Nothing is silent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from programs import Program, eventually
from sample import Double, Measure, Work, enter, ledger
from second import Add, Finish, Keep, NoteFailure

from mesh import Settings, canvas, deadletters
from mesh.canvas import chain, chord, spread, step

WAIT = 90.0  # seconds; a machine that tests share may be slow
Services = dict[str, Program]
TOLD = step(NoteFailure)


def failures(tx: Any, count: int) -> list[str]:
    eventually(lambda: len(ledger(tx, "failed")) >= count, f"{count} failures are told", WAIT)
    return sorted(ledger(tx, "failed"))


def mend(tx: Any, count: int = 1) -> None:
    """What an operator does."""
    enter(tx, "mended", "yes")
    letters = deadletters.listed(tx)
    assert len(letters) == count
    for letter in letters:
        deadletters.replay(tx, letter.id)


def test_a_part_that_fails_is_told_of_mended_and_the_canvas_resumed(
    services: Services, tx: Any, other_tx: Any
) -> None:
    id = uuid4()
    parts = [chain(step(Measure, number=n), step(Double)) for n in (1, -2, 3)]
    built = chord(parts, step(Add)).link(step(Keep)).link_error(TOLD)
    canvas.put(tx, built, id=id)
    assert failures(other_tx, 2) == [
        "sample.measure dead: rejected: Reject: broken",
        "second.add unreached: a part of the group before it was not handled",
    ]
    [letter] = deadletters.listed(tx)
    assert str(letter.id) in ledger(other_tx, "failed steps"), "it says which part"
    mend(tx)
    eventually(lambda: "-2" in ledger(tx, "measured"), "the dead letter is handled", WAIT)
    canvas.put(tx, built, id=id)
    eventually(lambda: ledger(other_tx, "kept") == ["12"], "it ends", WAIT)
    assert sorted(map(int, ledger(tx, "measured"))) == [-2, 1, 3]
    assert len(ledger(other_tx, "failed")) == 2


def test_of_a_failure_is_told_once_for_each_time_that_it_is_sent(
    services: Services, tx: Any, other_tx: Any
) -> None:
    id, built = uuid4(), chain(step(Measure, number=-1), step(Keep)).link_error(TOLD)
    canvas.put(tx, built, id=id)
    failures(other_tx, 1)
    canvas.put(tx, built, id=id)
    assert failures(other_tx, 2) == ["sample.measure dead: rejected: Reject: broken"] * 2
    assert len(deadletters.listed(tx)) == 1
    assert ledger(other_tx, "kept") == []


def test_a_spread_goes_on_past_what_fails(services: Services, tx: Any, other_tx: Any) -> None:
    id, numbers = uuid4(), [-1, 2, 3, -4, 5, 6]
    parts = [step(Measure, number=n) for n in numbers]
    built = chord(spread(parts, at_once=2), step(Finish, what="all")).link_error(TOLD)
    canvas.put(tx, built, id=id)
    dead = "sample.measure dead: rejected: Reject: broken"
    assert failures(other_tx, 3) == [dead, dead, f"second.finish unreached: {UNREACHED}"]
    assert sorted(ledger(tx, "measured")) == ["2", "3", "5", "6"]
    assert ledger(other_tx, "finished") == []
    placed = {step.id for step in canvas.steps(built, id=id)}
    assert {letter.id for letter in deadletters.listed(tx)} < placed
    mend(tx, 2)
    eventually(lambda: len(ledger(tx, "measured")) == 6, "both are handled", WAIT)
    canvas.put(tx, built, id=id)
    eventually(lambda: ledger(other_tx, "finished") == ["all"], "it ends", WAIT)
    assert sorted(map(int, ledger(tx, "measured"))) == sorted(numbers)


UNREACHED = "a part of the group before it was not handled"


def test_a_canvas_that_is_called_off_begins_nothing_more(
    services: Services, tx: Any, other_tx: Any, settings: Settings
) -> None:
    services["second worker"].stop()
    id = uuid4()
    built = chain(step(Double, number=1), step(Keep), step(Double)).link_error(TOLD)
    canvas.put(tx, built, id=id)
    eventually(lambda: ledger(tx, "double"), "the first is done")
    canvas.revoke(settings, id)
    services["second worker"].start().ready()
    eventually(lambda: "REVOKED" in states(settings, built, id), "the second is not begun", WAIT)
    services["sample worker"].kill()
    services["sample worker"].start().ready()
    canvas.put(tx, built, id=id)
    other = uuid4()
    canvas.put(tx, chain(step(Double, number=7), step(Keep)), id=other)
    eventually(lambda: ledger(other_tx, "kept") == ["14"], "others go on", WAIT)
    assert ledger(tx, "double") == ["1", "7"]
    assert states(settings, built, id)[:2] == ["SUCCESS", "REVOKED"]
    assert ledger(other_tx, "failed") == []


def test_the_parts_of_a_group_that_is_called_off(
    services: Services, tx: Any, other_tx: Any, settings: Settings
) -> None:
    id = uuid4()
    built = chord([step(Work, text=str(n), seconds=0.3) for n in range(30)], step(Add)).link_error(TOLD)
    canvas.put(tx, built, id=id)
    eventually(lambda: len(ledger(tx, "work")) > 1, "some are done")
    canvas.revoke(settings, id)
    eventually(lambda: states(settings, built, id).count("REVOKED") > 20, "the others are not begun", WAIT)
    assert len(ledger(tx, "work")) < 10
    assert ledger(other_tx, "failed") == []


def states(settings: Settings, built: canvas.Canvas, id: Any) -> list[str]:
    return [state.state for state in canvas.states(settings, built, id=id)]


def test_what_is_not_begun_in_time_is_told_and_not_begun(
    services: Services, tx: Any, other_tx: Any, settings: Settings
) -> None:
    services["second worker"].stop()
    id = uuid4()
    built = chain(step(Double, number=1), step(Keep), step(Double)).link_error(TOLD)
    canvas.put(tx, built, id=id, expires=timedelta(seconds=3))
    eventually(lambda: ledger(tx, "double"), "the first is in time")
    eventually(
        lambda: tx.execute("SELECT now() - min(begun_at) > '4 s' FROM inbox").fetchone()[0], "time passes"
    )
    services["second worker"].start().ready()
    assert failures(other_tx, 1) == ["second.keep expired: it was not begun in time"]
    assert ledger(other_tx, "kept") == []
    assert states(settings, built, id)[1] == "REVOKED"
    canvas.put(tx, built, id=id)
    eventually(lambda: ledger(other_tx, "kept") == ["2"], "it has more time now", WAIT)
    eventually(lambda: ledger(tx, "double") == ["1", "2"], "it ends", WAIT)


def test_a_dead_letter_that_is_replayed_is_not_too_late(services: Services, tx: Any, other_tx: Any) -> None:
    built = chain(step(Measure, number=-1), step(Keep)).link_error(TOLD)
    canvas.put(tx, built, id=uuid4(), expires=timedelta(seconds=2))
    failures(other_tx, 1)
    eventually(
        lambda: tx.execute("SELECT now() - min(died_at) > '3 s' FROM dead_letters").fetchone()[0],
        "time passes",
    )
    mend(tx)
    eventually(lambda: ledger(tx, "measured") == ["-1"], "it is handled", WAIT)


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)  # RabbitMQ counts by itself
def test_a_step_that_kills_its_workers_is_told(services: Services, tx: Any, other_tx: Any) -> None:
    with tx.transaction():
        canvas.put(tx, chain(step(Double, number=1), step(Keep)).link_error(TOLD), id=uuid4())
        count = "'{headers,x-delivery-count}', '18'"
        tx.execute(f"UPDATE outbox SET carries = jsonb_set(carries::jsonb, {count})")
    assert failures(other_tx, 1) == ["sample.double dead: poison: 3 processes died handling it"]
    assert ledger(tx, "double") == []


def test_a_failure_deep_within_ends_all_that_is_around_it(services: Services, tx: Any, other_tx: Any) -> None:
    id = uuid4()
    inner = chord([step(Measure, number=-1), step(Double, number=1)], step(Add))
    built = chord([inner, chain(step(Double, number=2), inner)], step(Add)).link(step(Keep)).link_error(TOLD)
    canvas.put(tx, built, id=id)
    dead, unreached = "sample.measure dead: rejected: Reject: broken", f"second.add unreached: {UNREACHED}"
    assert failures(other_tx, 5) == [dead, dead, unreached, unreached, unreached]
    mend(tx, 2)
    eventually(lambda: ledger(tx, "measured") == ["-1", "-1"], "the dead letters are handled", WAIT)
    canvas.put(tx, built, id=id)
    eventually(lambda: ledger(other_tx, "kept") == ["6"], "it ends", WAIT)


def test_a_group_of_which_every_part_fails_at_its_beginning(
    services: Services, tx: Any, other_tx: Any
) -> None:
    parts = [chain(step(Measure, number=-n), step(Double)) for n in (1, 2)]
    canvas.put(tx, chord(parts, step(Add)).link_error(TOLD), id=uuid4())
    dead = "sample.measure dead: rejected: Reject: broken"
    assert failures(other_tx, 3) == [dead, dead, f"second.add unreached: {UNREACHED}"]
