"""A Redis of results that answers nobody for a while: canvases wait, and nothing of them fails."""

import time
from typing import Any
from uuid import uuid4

import pytest
from programs import eventually, frozen
from sample import Work, ledger
from second import Add, Keep, NoteFailure

from embedded.valkey import Valkey
from mesh import Settings, canvas, deadletters
from mesh.broker import TIMEOUT
from mesh.canvas import chord, step

PARTS = 12
WAIT = 120.0  # seconds


@pytest.fixture
def result_url(own_valkey: Valkey) -> str:
    return own_valkey.redis_url


@pytest.mark.usefixtures("services")
def test_results_that_freeze_delay_a_canvas_and_fail_none_of_it(
    own_valkey: Valkey, settings: Settings, tx: Any, other_tx: Any
) -> None:
    id = uuid4()
    parts = [step(Work, text=str(number), seconds=0.2) for number in range(PARTS)]
    built = chord(parts, step(Add)).link(step(Keep)).link_error(step(NoteFailure))
    canvas.put(tx, built, id=id)
    eventually(lambda: len(ledger(tx, "work")) > 2, "some are done")
    with frozen(own_valkey.pid):
        time.sleep(2.5 * TIMEOUT)
        assert len(ledger(tx, "work")) < PARTS  # it is half way
    kept = str(sum(len(str(number)) for number in range(PARTS)))
    eventually(lambda: ledger(other_tx, "kept") == [kept], "it ends", WAIT)
    assert len(ledger(tx, "work")) == PARTS
    assert {one.state for one in canvas.states(settings, built, id=id)} == {"SUCCESS"}
    assert ledger(other_tx, "failed") == deadletters.listed(tx) == deadletters.listed(other_tx) == []
