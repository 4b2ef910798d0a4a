"""The commands: `reports worker|relay|beat|sales|rebuild|schedule|…`, and `celery -A reports.main`."""

from typing import Any

from contracts.emails import SendReport
from contracts.reports import (
    FetchRates,
    GatherSection,
    LoadLanded,
    LookAfterReport,
    MakeReport,
    NoteBrokenReport,
    NoteFlow,
    ReconcileDay,
    RecountDay,
    ReportFailed,
    ReportMade,
    RevokeReport,
    RunSchedule,
    SalesRecorded,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SectionGathered,
    TakeFiles,
    TransformLanded,
    TransformRates,
    WriteReport,
    WriteStatements,
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
        RevokeReport,
        MakeReport,
        GatherSection,
        WriteReport,
        WriteStatements,
        LookAfterReport,
        NoteBrokenReport,
        SectionGathered,
        SendReport,
        RunSchedule,
        ScheduleChanged,
        ScheduleRemoved,
        ScheduleFired,
        NoteFlow,
    ),
    flow=NoteFlow,
    wiring=wiring.open_deps,
    concurrency=2,  # while PostgreSQL works for one, the other reads what comes next
    memory=300,  # the largest report takes 220
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
