"""Schedules: which days a report that falls due at a time is about, and what follows from both.

The standard library alone.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

FIRST: Final = UUID("5b1f0a52-3f0e-5d0c-9d52-1d6a3f6f8b01")
"""The schedule that is there from the beginning. Its id is the same everywhere: it is made once."""

MOST_RECIPIENTS = 20

_DAY = timedelta(days=1)


def days(period: str, due: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of the period, as seen from the time at which it falls due.

    Figures are kept by UTC's days. Today is the zone's date; where its day has begun and UTC's has not,
    it is UTC's: a report of yesterday is about a day that is over, with all its orders.
    """
    today = min(due.astimezone(zone).date(), due.astimezone(UTC).date())
    month = today.replace(day=1)
    monday = today - today.weekday() * _DAY
    match period:
        case "yesterday":
            return today - _DAY, today - _DAY
        case "last_week":
            return monday - 7 * _DAY, monday - _DAY
        case "last_month":
            return (month - _DAY).replace(day=1), month - _DAY
        case "month_to_date":
            return month, today
        case _:
            raise ValueError(f"{period!r} is no period")


def tick_id(schedule: UUID, due: datetime) -> UUID:
    """Of the message that tells that it is due: sent by two, it is one message."""
    return uuid5(schedule, f"tick {due.astimezone(UTC).isoformat()}")


def report_id(schedule: UUID, due: datetime) -> UUID:
    """Of the report that is made then: asked for twice, it is one report."""
    return uuid5(schedule, f"report {due.astimezone(UTC).isoformat()}")
