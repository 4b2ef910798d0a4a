"""Schedules for tests: ordinary ones with what matters changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.emails import Recipient
from contracts.reports import Plan, SetSchedule
from contracts.timing import Timing

MARY = Recipient(email="mary@shop.example", name="Mary", locale="en")
PLAN = Plan(
    kind="daily_sales", format="csv", locale="en", period="yesterday", recipients=(MARY,), by="attachment"
)


def a_schedule(*, plan: dict[str, Any] | None = None, **changes: Any) -> SetSchedule:
    """Sales for Mary every morning, said a minute ago, but for what is said here."""
    said = SetSchedule(
        schedule_id=uuid4(),
        account=None,
        said_at=datetime.now(UTC) - timedelta(minutes=1),
        name="Sales for Mary",
        timing=Timing(cron="0 8 * * *", zone="Europe/Berlin"),
        missed="once",
        paused=False,
        plan=PLAN.model_copy(update=plan or {}),
    )
    return said.model_copy(update=changes)
