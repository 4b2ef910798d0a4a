"""The commands: `reports worker|relay|migrate|sales|rebuild|preview|…`, and `celery -A reports.main`."""

from typing import Any

from contracts.reports import (
    FetchRates,
    LoadLanded,
    RecountDay,
    ReportFailed,
    ReportMade,
    SalesRecorded,
    TransformLanded,
    TransformRates,
)
from mesh import Service
from mesh.cli import service_cli
from reports import commands, tasks, wiring
from reports.settings import Settings

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(
        FetchRates,
        TransformRates,
        TransformLanded,
        LoadLanded,
        RecountDay,
        SalesRecorded,
        ReportMade,
        ReportFailed,
    ),
    wiring=wiring.open_deps,
    keeps_files=True,
)
cli = service_cli(service)
commands.add(cli, service)


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
