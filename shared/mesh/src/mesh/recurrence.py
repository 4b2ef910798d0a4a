"""When something falls due next: by crontab and the clocks of a zone, every so often, or once.

A crontab means what Debian's cron makes of it, also when clocks change. A time that clocks leave out
(02:30, as they go from 02:00 to 03:00) is made up for at the first minute after the gap; one that they show
twice counts once, the first time. Where minute or hour begin with `*`, it goes by real time: every half hour
is every half hour, in that night too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from contracts.timing import Timing

SHORTEST = 60
"""Seconds between two times: crontab knows no less."""
LONGEST = 366 * 24 * 3600
_FIRST = datetime.min.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
_FIELDS = 5


class Unfit(ValueError):
    """This is no timing, or it never falls due."""


def after(timing: Timing, moment: datetime) -> datetime | None:
    """The first time later than that, in UTC; None: there is none any more. Raises Unfit."""
    if timing.cron is not None:
        return next(_by_cron(timing.cron, timing.zone, moment), None)
    if timing.at is None:
        raise Unfit("say when: by a crontab, every so many seconds, or once at a time")
    if timing.every is None:
        return timing.at.astimezone(UTC) if timing.at > moment else None
    return _by_interval(timing.at.astimezone(UTC), timedelta(seconds=timing.every), moment)


def upcoming(timing: Timing, moment: datetime, most: int) -> list[datetime]:
    """The next times later than that, up to so many. Raises Unfit."""
    return list(islice(_all(timing, moment), most))


def between(timing: Timing, first: datetime, last: datetime, most: int) -> list[datetime]:
    """`first`, which is one of its times, and those that follow until `last`: the oldest, up to so many."""
    found = [first]
    for due in _all(timing, first):
        if due > last or len(found) == most:
            break
        found.append(due)
    return found


def latest(timing: Timing, first: datetime, last: datetime) -> datetime:
    """Of `first`, which is one of its times, and all that follow until `last`, the last one."""
    begin = max(first, _shortly_before(timing, last))
    found = first
    for due in _all(timing, begin):
        if due > last:
            return found
        found = due
    return found


def zone(name: str) -> ZoneInfo:
    """Raises Unfit for what is none."""
    if name not in _zones():
        raise Unfit(f"{name!r} is no time zone: there are such as UTC, Europe/Berlin, America/New_York")
    return ZoneInfo(name)


def refuse_unfit(timing: Timing, now: datetime) -> None:
    """Raises Unfit for what says too much or too little, and for what does not fall due after `now`."""
    zone(timing.zone)
    if (timing.cron is not None) == (timing.at is not None) or (timing.every and timing.cron is not None):
        raise Unfit("say when in one way: by a crontab, every so many seconds, or once at a time")
    if timing.every is not None and not SHORTEST <= timing.every <= LONGEST:
        raise Unfit(f"every {timing.every} seconds: {SHORTEST} to {LONGEST} are possible")
    try:
        found = after(timing, now)
    except OverflowError:
        found = None
    if found is None:
        raise Unfit(_never(timing, now))


def _never(timing: Timing, now: datetime) -> str:
    if timing.cron is not None:
        return f"the crontab {timing.cron!r} never falls due: no such day comes in fifty years"
    return f"{timing.at:%Y-%m-%d %H:%M:%S %z} is over: it is {now:%Y-%m-%d %H:%M:%S} UTC"


def _all(timing: Timing, moment: datetime) -> Iterator[datetime]:
    if timing.cron is not None:
        yield from _by_cron(timing.cron, timing.zone, moment)
        return
    found = after(timing, moment)
    while found is not None:
        yield found
        found = after(timing, found)


def _by_cron(cron: str, name: str, moment: datetime) -> Iterator[datetime]:
    """In UTC, where times of one zone compare as they follow each other."""
    last = moment
    for found in _parsed(cron, moment.astimezone(zone(name))):
        due = found.astimezone(UTC)
        if due > last:  # in the doubled hour it begins with what was in the first
            yield (last := due)


def _parsed(cron: str, begin: datetime) -> CronSim:
    try:
        if len(cron.split()) != _FIELDS:  # of a sixth one, cronsim makes seconds
            raise CronSimError("Wrong number of fields")
        return CronSim(cron, begin)
    except CronSimError as error:
        told = "it has five fields: minute, hour, day of the month, month, day of the week"
        raise Unfit(f"{cron!r} is no crontab, or never falls due ({error}): {told}") from None


def _by_interval(first: datetime, every: timedelta, moment: datetime) -> datetime:
    steps = (moment - first) // every + 1
    return first + max(steps, 0) * every


def _shortly_before(timing: Timing, last: datetime) -> datetime:
    """No later than the last time before: from there on it is found in a few steps."""
    for days in (1, 8, 32, 366):
        begin = last - days * _DAY
        due = after(timing, begin)
        if due is not None and due <= last:
            return begin
    return _FIRST


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Without those that are the machine's own matter."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}
