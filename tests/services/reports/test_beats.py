"""Beats: several run, each time is sent off once, and what was missed is made up for."""

import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from commands import run
from planned import a_schedule
from programs import TAKEN_OVER, Program, Start, eventually, frozen, working
from redis import Redis
from watched import put

from contracts.timing import Timing
from embedded.valkey import Valkey
from mesh import recurrence
from mesh.broker import TIMEOUT
from mesh.database import Tx
from reports import schedules
from reports.store import schedules as stored
from reports.usecases import scheduling

_SECONDS = 60
"""Between two times of one schedule: so many of them, each a second later, are one a second."""


def every_second(tx: Tx, count: int, **changes: Any) -> list[UUID]:
    """So many schedules of a minute's interval, each due a second after the one before."""
    now = datetime.now(UTC)  # of all: what falls due while they are put is owed, too
    begin = now.replace(microsecond=0) - timedelta(seconds=_SECONDS)
    made = []
    with tx.transaction():
        for second in range(count):
            timing = Timing(every=_SECONDS, at=begin + timedelta(seconds=second), zone="UTC")
            said = a_schedule(timing=timing, said_at=now, **{"missed": "each"} | changes)
            scheduling.put(said, tx)
            made.append(said.schedule_id)
    return made


def ticks(tx: Tx) -> list[tuple[UUID, datetime]]:
    """Schedule and time of each that was sent off."""
    sent = put(tx, "reports.run_schedule")
    return [(UUID(d["schedule_id"]), datetime.fromisoformat(d["due_at"])) for _, d, _ in sent]


def made(tx: Tx) -> Counter[str]:
    """How often each report was asked for."""
    return Counter(data["report_id"] for _, data, _ in put(tx, "reports.make_report"))


def owed(tx: Tx, since: datetime, until: datetime) -> set[tuple[UUID, datetime]]:
    """What falls due between these times, worked out from the schedules alone."""
    found = set()
    for row in stored.listed(tx):
        timing = scheduling.word(row).timing
        for due in recurrence.upcoming(timing, since, 100):
            if due <= until:
                found.add((row.id, due))
    return found


def test_one_is_at_work_and_after_a_kill_another_within_15_seconds(start: Start, own: Tx) -> None:
    """Killed twice; nothing is lost, nothing is sent off twice, nothing is made twice."""
    since = datetime.now(UTC)
    every_second(own, _SECONDS)
    start("relay").ready()
    start("worker").ready()
    beats = [start("beat").ready() for _ in range(2)]
    assert sum(bool(beat.events("beat.working")) for beat in beats) == 1
    eventually(lambda: len(ticks(own)) >= 5, "times are sent off")

    gaps = []
    for _ in range(2):
        holder = working(*beats)
        assert holder
        holder.kill()
        killed = time.monotonic()
        beats = [beat for beat in beats if beat is not holder] + [start("beat")]
        eventually(lambda beats=beats: working(*beats), "another one is at work")
        gaps.append(time.monotonic() - killed)
        at_work = len(ticks(own))
        eventually(lambda n=at_work: len(ticks(own)) >= n + 5, "and sends times off")
    assert max(gaps) < TAKEN_OVER

    until = datetime.now(UTC) - timedelta(seconds=3)
    due = owed(own, since, until)
    eventually(lambda: due <= set(ticks(own)), "all that was due is sent off")
    sent = ticks(own)
    assert len(sent) == len(set(sent))
    wanted = {str(schedules.report_id(*tick)) for tick in sent}
    eventually(lambda: wanted <= made(own).keys(), "each was handled")
    assert set(made(own).values()) == {1}


def test_a_beat_that_is_told_to_stop_lets_another_go_to_work_at_once(start: Start, own: Tx) -> None:
    first, second = start("beat").ready(), start("beat").ready()
    assert second.said == second.said | {"state": "ready", "needs": "another beat is at work"}
    assert first.stop() == 0
    began = time.monotonic()
    eventually(lambda: second.events("beat.working"), "the other one is at work", 4)
    assert time.monotonic() - began < 3
    assert first.events("beat.stopped")
    assert second.stop() == 0


def test_a_server_that_loses_all_it_has_loses_no_time(start: Start, own: Tx, schedules_url: str) -> None:
    """Entries and lock are gone; the beats make them again, and one of them is at work."""
    since = datetime.now(UTC)
    every_second(own, _SECONDS)
    beats = [start("beat").ready() for _ in range(2)]
    eventually(lambda: len(ticks(own)) >= 3, "times are sent off")
    with Redis.from_url(schedules_url) as client:
        for _ in range(3):
            client.flushdb()
            many = len(ticks(own))
            eventually(lambda n=many: len(ticks(own)) >= n + 3, "they are again")
    until = datetime.now(UTC) - timedelta(seconds=2)
    due = owed(own, since, until)
    eventually(lambda: due <= set(ticks(own)), "all that was due is sent off")
    sent = ticks(own)
    assert len(sent) == len(set(sent))
    assert all(beat.alive for beat in beats)


def test_two_that_believe_to_be_the_one_send_each_time_off_once(
    start: Start, own: Tx, valkey: Valkey
) -> None:
    """As after a network that was cut in two: each has a server, and so a lock, of its own."""
    since = datetime.now(UTC)
    every_second(own, _SECONDS)
    elsewhere = valkey.redis_url.rpartition("/")[0] + "/8"
    one, other = start("beat").ready(), start("beat", SCHEDULES_URL=elsewhere).ready()
    eventually(lambda: one.events("beat.working") and other.events("beat.working"), "both are at work")
    eventually(lambda: len(owed(own, since, datetime.now(UTC))) >= 15, "a quarter of a minute has passed")
    until = datetime.now(UTC) - timedelta(seconds=2)
    due = owed(own, since, until)
    eventually(lambda: due <= set(ticks(own)), "all that was due is sent off")
    sent = ticks(own)
    assert len(sent) == len(set(sent))
    fired = [len(beat.events("schedule.fired")) for beat in (one, other)]
    assert sum(fired) >= len(due)


def test_what_was_missed_is_made_up_for_once_or_each(start: Start, own: Tx) -> None:
    """Nobody was there for three minutes and a half: all beats were away, or the database, or the server."""
    ago = datetime.now(UTC) - timedelta(seconds=210)
    timing = Timing(every=60, at=ago, zone="UTC")
    once, each = (a_schedule(timing=timing, said_at=ago, missed=how) for how in ("once", "each"))
    with own.transaction():
        scheduling.put(once, own)
        scheduling.put(each, own)
    start("beat").ready()
    eventually(lambda: len(ticks(own)) >= 4, "they are sent off")
    time.sleep(2)
    due = [ago + timedelta(seconds=60 * n) for n in (1, 2, 3)]
    assert sorted(ticks(own)) == sorted(
        [(once.schedule_id, due[-1]), *((each.schedule_id, moment) for moment in due)]
    )


def test_a_change_is_noticed_at_once(start: Start, own: Tx, schedules_url: str) -> None:
    beat = start("beat").ready()
    soon = a_schedule(timing=Timing(at=datetime.now(UTC) + timedelta(seconds=3), zone="UTC"))
    later = a_schedule(timing=Timing(at=datetime.now(UTC) + timedelta(hours=1), zone="UTC"))
    with own.transaction():
        scheduling.put(soon.model_copy(update={"said_at": datetime.now(UTC)}), own)
        scheduling.put(later.model_copy(update={"said_at": datetime.now(UTC)}), own)
    eventually(lambda: ticks(own), "it is sent off", 10)
    with Redis.from_url(schedules_url, decode_responses=True) as client:
        left = client.zrange("reports.beat::schedule", 0, -1)
    assert left == [f"reports.beat:{later.schedule_id}"]
    [line] = beat.events("schedule.fired")
    assert 0 <= line["late"] < 2


def test_a_schedule_that_cannot_be_understood_keeps_no_other_from_its_time(start: Start, own: Tx) -> None:
    """A newer build wrote it, and was rolled back."""
    ago = datetime.now(UTC) - timedelta(seconds=90)
    newer, other = (a_schedule(timing=Timing(every=60, at=ago, zone="UTC"), said_at=ago) for _ in range(2))
    with own.transaction():
        scheduling.put(newer, own)
        scheduling.put(other, own)
    own.execute('UPDATE schedules SET said = \'{"missed": "never"}\' WHERE id = %s', (newer.schedule_id,))
    beat = start("beat").ready()
    eventually(lambda: ticks(own), "the other one is sent off")
    eventually(lambda: beat.events("schedule.stuck"), "it is told")
    assert {id for id, _ in ticks(own)} == {other.schedule_id}
    assert newer.schedule_id in scheduling.upcoming(own)
    assert beat.alive


def test_a_database_that_is_away_is_waited_for(start: Start, own: Tx, beats_url: str) -> None:
    beat = start("beat").ready()
    name = beats_url.rpartition("/")[2]
    own.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reports-beat'"
        " AND datname = %s",
        (name,),
    )
    eventually(lambda: beat.events("beat.resumed"), "it is at work again")
    told = [len(beat.events(f"beat.{name}")) for name in ("working", "waiting", "resumed")]
    assert told == [2, 1, 1]


def test_celerys_own_beat_does_the_same(start: Start, own: Tx, tmp_path: Path, schedules_url: str) -> None:
    """`celery -A reports.main beat`, as people know it."""
    every_second(own, 20)
    environment = start("relay")._environment | {"HEALTH_DIR": str(tmp_path), "LOG_FORMAT": "json"}
    folder = tmp_path / "celery"
    folder.mkdir()
    beat = Program("celery", "-A", "reports.main", "beat", folder=folder, **environment).start()
    try:
        eventually(lambda: len(ticks(own)) >= 3, "times are sent off")
        assert beat.stop() == 0
    finally:
        beat.destroy()
    with Redis.from_url(schedules_url) as client:
        assert client.get("reports.beat::lock") is None


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "SCHEDULES_URL is not set: a Redis or Valkey"),
        ({"SCHEDULES_URL": "amqp://nowhere"}, "SCHEDULES_URL is no address of a Redis or Valkey server"),
    ],
)
def test_a_beat_without_a_server_does_not_start(settings: dict[str, str], why: str) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nowhere/x", "BROKER_URL": "streams+redis://nowhere"}
    code, _, errors = run("reports", "beat", **nowhere | settings)
    assert (code, errors.count("\n")) == (2, 1)
    assert errors.startswith(f"reports: {why}")


def test_a_beat_that_cannot_reach_its_server_says_so(start: Start) -> None:
    beat = start("beat", SCHEDULES_URL="redis://127.0.0.1:1/0")
    eventually(lambda: beat.said["state"] == "waiting", "it waits")
    assert "127.0.0.1:1" in beat.said["needs"]
    assert len(beat.events("beat.waiting")) == 1
    beat.signal(signal.SIGTERM)
    assert beat.wait() == 0


def test_a_server_that_freezes_is_given_up_and_taken_up_again(
    start: Start, own: Tx, own_valkey: Valkey
) -> None:
    """The beat says meanwhile that it lives, and waits: nobody takes it for stuck."""
    since = datetime.now(UTC)
    every_second(own, _SECONDS)
    beat = start("beat", SCHEDULES_URL=own_valkey.redis_url).ready()
    eventually(lambda: ticks(own), "times are sent off")
    with frozen(own_valkey.pid):
        eventually(lambda: beat.said["state"] == "waiting", "it waits", 3 * TIMEOUT)
    eventually(lambda: beat.events("beat.resumed"), "it is at work again", 3 * TIMEOUT)
    due = owed(own, since, datetime.now(UTC) - timedelta(seconds=2))
    eventually(lambda: due <= set(ticks(own)), "all that was due is sent off")
    sent = ticks(own)
    assert len(sent) == len(set(sent))


def test_yesterdays_sales_go_to_the_merchant_until_somebody_removes_that(
    start: Start, own: Tx, beats_url: str
) -> None:
    merchant = {"MERCHANT_EMAIL": "mary@shop.example", "MERCHANT_ZONE": "Europe/Berlin"}
    start("beat", **merchant).ready().stop()
    [row] = stored.listed(own)
    said = scheduling.word(row)
    assert (said.timing.cron, said.timing.zone, said.account) == ("0 8 * * *", "Europe/Berlin", None)
    assert [to.email for to in said.plan.recipients] == ["mary@shop.example"]
    start("beat", **merchant | {"MERCHANT_EMAIL": "other@shop.example"}).ready().stop()
    assert stored.listed(own) == [row]

    where = {"DATABASE_URL": beats_url, "BROKER_URL": "streams+redis://unused"}
    assert run("reports", "schedule", "remove", str(row.id), **where)[0] == 0
    start("beat", **merchant).ready().stop()
    assert stored.listed(own) == []
    assert row.id == schedules.FIRST
