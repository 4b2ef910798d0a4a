"""Chores by real beats: sent off once, whoever dies, and what they bring is in the figures."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from api import served
from programs import TAKEN_OVER, Program, Start, eventually, working
from quoted import quoted
from watched import put
from weblike import Weblike, answer

from mesh.database import Tx
from reports import schedules
from reports.store import chores as stored
from reports.store import rates
from reports.usecases import chores

ORDERS = """\
order,placed_at,customer_email,customer_name,country,currency,sku,name,quantity,unit_price,account
A-1,2026-11-21T10:00:00Z,ada@example.com,Ada,GB,EUR,T-1,Tea,2,12.50,shop
A-2,2026-11-21T10:00:00Z,bob@example.com,Bob,GB,EUR,T-1,Tea,1,12.50,shop
"""


def sent_off(tx: Tx) -> list[UUID]:
    """The ids of what had the folder looked at."""
    return [id for id, _, _ in put(tx, "reports.take_files")]


def last(tx: Tx) -> UUID:
    """The id of the message of the last time that was sent off."""
    [row] = stored.listed(tx)
    [id] = chores.upcoming(tx)
    assert row.last_due_at
    return schedules.tick_id(id, row.last_due_at)


def fall_due(tx: Tx) -> None:
    """Now, and a beat is told, as of any change."""
    tx.execute("UPDATE chores SET next_due_at = now()")
    tx.execute("NOTIFY schedules")


def test_sources_are_looked_at_with_nobody_asking(
    start: Start, own: Tx, tmp_path: Path, new_database: Callable[[str], str]
) -> None:
    dropped = tmp_path / "dropped"
    dropped.mkdir()
    (dropped / "orders.csv").write_text(ORDERS)
    day = date.today() - timedelta(1)  # noqa: DTZ011 no rate is of tomorrow anywhere
    document = answer(body=quoted({day: {"USD": Decimal("1.25")}}), ETag='"1"')
    with Weblike([document]) as bank, served(new_database("orders.migrations")) as api:
        told = {
            "RATES_URL": f"{bank.url}/daily.xml",
            "ORDERS_FOLDER": str(dropped),
            "ORDERS_URL": f"http://127.0.0.1:{api.port}",
            "ORDERS_KEYS": f"tests={api.key}",
        }
        start("relay").ready()
        worker = start("worker", **told).ready()
        start("beat", **told).ready()
        eventually(lambda: rates.known(own, day), "rates are known")
        eventually(lambda: own.execute("SELECT 1 FROM days").fetchone(), "orders are in the figures")
        eventually(lambda: len(worker.events("orders.reconciled")) == 3, "days before are compared")
    today = datetime.now(UTC).date()
    compared = {line["day"] for line in worker.events("orders.reconciled")}
    assert compared == {str(today - timedelta(days)) for days in (1, 8, 31)}
    assert own.execute("SELECT sum(orders) FROM days").fetchone() == (2,)
    assert [row.last_due_at is not None for row in stored.listed(own)] == [True] * 3


def test_after_a_kill_another_beat_sends_it_off_once(start: Start, own: Tx, tmp_path: Path) -> None:
    """What falls due while nobody is at work is made up for."""

    def beat() -> Program:
        return start("beat", ORDERS_FOLDER=str(tmp_path))

    beats = [beat().ready() for _ in range(2)]
    eventually(lambda: sent_off(own), "it is sent off at first")
    for _ in range(2):
        holder = working(*beats)
        assert holder
        holder.kill()
        killed = time.monotonic()
        before = len(sent_off(own))
        fall_due(own)
        beats = [each for each in beats if each is not holder] + [beat()]
        eventually(lambda n=before: len(sent_off(own)) > n, "another beat sends it off")
        assert time.monotonic() - killed < TAKEN_OVER
        assert last(own) in sent_off(own)
    assert len(set(sent_off(own))) == len(sent_off(own))


def test_two_that_believe_to_be_the_one_send_it_off_once(
    start: Start, own: Tx, schedules_url: str, tmp_path: Path
) -> None:
    """As after a network that was cut in two: each has a server, and so a lock, of its own."""
    elsewhere = schedules_url.rpartition("/")[0] + "/8"
    one = start("beat", ORDERS_FOLDER=str(tmp_path)).ready()
    other = start("beat", ORDERS_FOLDER=str(tmp_path), SCHEDULES_URL=elsewhere).ready()
    eventually(lambda: one.events("beat.working") and other.events("beat.working"), "both are at work")
    eventually(lambda: sent_off(own), "it is sent off at first")
    for _ in range(5):
        before = len(sent_off(own))
        fall_due(own)
        eventually(lambda n=before: len(sent_off(own)) > n, "it is sent off")
        time.sleep(1.5)  # the other one has looked, too
    fired = [len(beat.events("chore.fired")) for beat in (one, other)]
    assert sum(fired) == len(sent_off(own)) == len(set(sent_off(own)))
