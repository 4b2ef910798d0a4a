"""The commands: `reports worker|relay|beat|sales|rebuild|schedule|…`, and `celery -A reports.main`."""

from typing import Any

from contracts.emails import SendReport
from contracts.reports import (
    FetchRates,
    LoadLanded,
    MakeReport,
    ReconcileDay,
    RecountDay,
    ReportFailed,
    ReportMade,
    RunSchedule,
    SalesRecorded,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    TakeFiles,
    TransformLanded,
    TransformRates,
)
from mesh import Service
from mesh.cli import service_cli
from mesh.ticks import Ticks
from reports import commands, tasks, wiring
from reports.settings import Settings
from reports.store.schedules import CHANNEL
from reports.usecases import ticking

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(
        FetchRates,
        TakeFiles,
        ReconcileDay,
        TransformRates,
        TransformLanded,
        LoadLanded,
        RecountDay,
        SalesRecorded,
        ReportMade,
        ReportFailed,
        MakeReport,
        SendReport,
        RunSchedule,
        ScheduleChanged,
        ScheduleRemoved,
        ScheduleFired,
    ),
    wiring=wiring.open_deps,
    memory=300,  # the largest report takes 180
    keeps_files=True,
    ticks=Ticks(
        upcoming=ticking.upcoming,
        fire=ticking.fire,
        begin=wiring.begin,
        channel=CHANNEL,
    ),
)
cli = service_cli(service)
commands.add(cli, service)


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
