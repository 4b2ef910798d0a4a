"""When something falls due: by crontab and a zone's clocks, every so often, or once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from celery import Celery
from celery.schedules import crontab
from hypothesis import given
from hypothesis import strategies as st
from redbeat.decoder import RedBeatJSONEncoder

from contracts.timing import Timing
from mesh import recurrence
from mesh.recurrence import Unfit, after, between, latest, upcoming

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def cron(text: str, zone: str = "UTC") -> Timing:
    return Timing(cron=text, zone=zone)


def shown(timing: Timing, since: str, most: int) -> list[str]:
    """By the clocks of its zone."""
    found = upcoming(timing, datetime.fromisoformat(since), most)
    return [due.astimezone(ZoneInfo(timing.zone)).isoformat(" ", "minutes") for due in found]


@pytest.mark.parametrize(
    ("zone", "since", "days"),
    [
        (BERLIN, "2026-03-28T00:00Z", ["03-28 02:30+01:00", "03-29 03:00+02:00", "03-30 02:30+02:00"]),
        (NEW_YORK, "2026-03-07T00:00Z", ["03-07 02:30-05:00", "03-08 03:00-04:00", "03-09 02:30-04:00"]),
    ],
)
def test_a_time_that_clocks_leave_out_is_made_up_for_after_the_gap(
    zone: str, since: str, days: list[str]
) -> None:
    assert [due[5:] for due in shown(cron("30 2 * * *", zone), since, 3)] == days


@pytest.mark.parametrize(
    ("zone", "text", "since", "first", "next_day"),
    [
        (BERLIN, "30 2 * * *", "2026-10-24T12:00Z", "2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"),
        (NEW_YORK, "30 1 * * *", "2026-10-31T12:00Z", "2026-11-01 01:30-04:00", "2026-11-02 01:30-05:00"),
    ],
)
def test_a_time_that_clocks_show_twice_counts_once(
    zone: str, text: str, since: str, first: str, next_day: str
) -> None:
    assert shown(cron(text, zone), since, 2) == [first, next_day]


def test_who_comes_between_both_has_missed_it() -> None:
    between_both = "2026-10-25T01:10Z"  # 02:10 for the second time
    assert shown(cron("30 2 * * *", BERLIN), between_both, 1) == ["2026-10-26 02:30+01:00"]


def test_several_times_in_a_gap_are_made_up_for_together() -> None:
    assert shown(cron("0,30 2 * * *", BERLIN), "2026-03-28T02:00Z", 2) == [
        "2026-03-29 03:00+02:00",
        "2026-03-30 02:00+02:00",
    ]


def test_every_hour_is_every_hour_in_that_night_too() -> None:
    assert shown(cron("30 * * * *", BERLIN), "2026-10-25T00:00Z", 3) == [
        "2026-10-25 02:30+02:00",
        "2026-10-25 02:30+01:00",
        "2026-10-25 03:30+01:00",
    ]


def test_eight_in_the_morning_is_eight_in_the_morning() -> None:
    found = shown(cron("0 8 * * *", BERLIN), "2026-01-01T00:00Z", 365)
    assert {due[11:16] for due in found} == {"08:00"}
    assert len({due[:10] for due in found}) == 365


ZONES = st.sampled_from([BERLIN, NEW_YORK, "UTC", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])
TIMES = st.sampled_from(
    ["30 2 * * *", "0,30 1-3 * * *", "*/20 * * * *", "15 */2 * * *", "0 0 1,15 * 1", "59 23 L * *"]
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(ZONES, TIMES, MOMENTS)
def test_one_after_the_other_is_the_same_as_all_at_once(zone: str, text: str, moment: datetime) -> None:
    """Whoever asks for the next time forgets all but the last one."""
    timing = cron(text, zone)
    together = upcoming(timing, moment, 12)
    one_by_one = [moment]
    while len(one_by_one) <= len(together):
        one_by_one.append(after(timing, one_by_one[-1]) or moment)
    assert [moment, *together] == one_by_one
    assert all(one < other for one, other in pairwise([moment, *together]))


@given(ZONES, TIMES, MOMENTS, st.integers(0, 200), st.timedeltas(timedelta(0), timedelta(hours=20)))
def test_the_latest_is_the_last_of_all(
    zone: str, text: str, moment: datetime, n: int, more: timedelta
) -> None:
    timing = cron(text, zone)
    first, *_ = all = upcoming(timing, moment, n + 1)
    last = all[-1] + more
    found = between(timing, first, last, 10_000)
    assert found[: n + 1] == all
    assert latest(timing, first, last) == found[-1]


@given(MOMENTS, st.integers(60, 10**6), MOMENTS)
def test_an_interval_goes_on_from_where_it_began(begin: datetime, every: int, moment: datetime) -> None:
    timing = Timing(every=every, at=begin, zone=BERLIN)
    due = after(timing, moment)
    assert due is not None
    assert due > moment
    assert due == begin or due - timedelta(seconds=every) <= moment
    assert (due - begin) % timedelta(seconds=every) == timedelta(0)
    assert due >= begin


def test_once_is_once() -> None:
    timing = Timing(at=NOW, zone=BERLIN)
    assert upcoming(timing, NOW - timedelta(days=400), 5) == [NOW]
    assert after(timing, NOW) is None
    assert latest(timing, NOW, NOW + timedelta(days=999)) == NOW
    assert between(timing, NOW, NOW + timedelta(days=999), 9) == [NOW]


def test_long_ago_is_found_in_few_steps() -> None:
    """A minute's crontab that was not looked at for a year: a day's steps at the most."""
    assert latest(cron("* * * * *"), NOW - timedelta(days=366), NOW) == NOW
    leap = datetime(2024, 2, 29, tzinfo=UTC)
    assert latest(cron("0 0 29 2 *"), leap, NOW) == leap


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        (cron("30 2 * * *", "Europe/Berling"), "'Europe/Berling' is no time zone"),
        (cron("30 2 * * *", "localtime"), "no time zone"),
        (cron("30 2 * * *", "../etc/passwd"), "no time zone"),
        (cron("30 2 * *"), "Wrong number of fields"),
        (cron("* * * * * *"), "Wrong number of fields"),
        (cron("60 2 * * *"), "Bad minute"),
        (cron("0 0 30 2 *"), "or never falls due"),
        (cron("* * */20 * 1L"), "no such day comes in fifty years"),
        (Timing(at=NOW, zone="UTC"), "2026-03-01 12:30:00 .* is over"),
        (Timing(zone="UTC"), "in one way"),
        (Timing(every=3600, zone="UTC"), "in one way"),
        (Timing(cron="0 8 * * *", at=NOW, zone="UTC"), "in one way"),
        (Timing(cron="0 8 * * *", every=3600, zone="UTC"), "in one way"),
        (Timing(every=59, at=NOW, zone="UTC"), "60 to"),
        (Timing(every=0, at=NOW, zone="UTC"), "60 to"),
        (Timing(every=10**12, at=NOW, zone="UTC"), "60 to"),
        (Timing(at=datetime.max.replace(tzinfo=UTC), every=60, zone="UTC"), ""),
    ],
)
def test_what_is_no_timing_is_told(timing: Timing, why: str) -> None:
    if not why:  # far away, and a time all the same
        recurrence.refuse_unfit(timing, NOW)
        return
    with pytest.raises(Unfit, match=why):
        recurrence.refuse_unfit(timing, NOW)


def test_what_redbeat_makes_of_a_crontab_knows_no_zone() -> None:
    """Why its entries are moments here: of two zones' eight o'clock one would be wrong."""
    apps = [Celery(set_as_current=False) for _ in range(2)]
    apps[0].conf.timezone, apps[1].conf.timezone = BERLIN, NEW_YORK
    berlin, new_york = (crontab(minute="0", hour="8", app=app) for app in apps)
    assert berlin.tz != new_york.tz
    assert RedBeatJSONEncoder().encode(berlin) == RedBeatJSONEncoder().encode(new_york)
