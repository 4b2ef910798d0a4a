"""The commands: `reports worker|relay|beat|migrate|…|sales|schedule`, and `celery -A reports.main`."""

import json
from datetime import datetime
from typing import Any

import click

from contracts.emails import SendReport
from contracts.reports import (
    MakeReport,
    ReportFailed,
    ReportMade,
    RunSchedule,
    SalesRecorded,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
)
from mesh import Service
from mesh.cli import begun, service_cli
from mesh.ticks import Ticks
from reports import schedulestore, scheduling, tasks, usecases, wiring
from reports.commands import schedule_of
from reports.settings import Settings

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(
        SalesRecorded,
        ReportMade,
        ReportFailed,
        MakeReport,
        RunSchedule,
        ScheduleChanged,
        ScheduleRemoved,
        ScheduleFired,
        SendReport,
    ),
    wiring=wiring.open_deps,
    ticks=Ticks(
        command="reports.run_schedule",
        upcoming=scheduling.upcoming,
        fire=scheduling.fire,
        begin=wiring.first_schedule,
        channel=schedulestore.CHANNEL,
    ),
)
cli = service_cli(service)
cli.add_command(schedule_of(service))


@cli.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
def sales(day: datetime, as_json: bool) -> None:
    """The sales figures of a UTC day."""
    with begun(service) as tx:
        found = usecases.sales(day.date(), tx)
    if as_json:
        rows = [
            {"currency": f.currency, "orders": f.orders, "items": f.items, "revenue": f.revenue}
            for f in found
        ]
        click.echo(json.dumps({"day": str(day.date()), "currencies": rows}))
        return
    click.echo(f"{day:%Y-%m-%d}  {'orders':>8}  {'items':>8}  {'revenue (minor units)':>22}")
    for f in found:
        click.echo(f"{f.currency:>10}  {f.orders:>8}  {f.items:>8}  {f.revenue:>22}")


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
