"""The commands: `emails worker|relay|migrate|health|dead-letters`, and `celery -A emails.main`."""

from typing import Any

from contracts.emails import (
    BulkSent,
    DeliverPush,
    EmailFailed,
    EmailSent,
    PushSent,
    RecipientSuppressed,
    ReportSent,
    SendBulkMail,
    SendPush,
)
from contracts.reports import NoteFlow
from emails import commands, tasks, wiring
from emails.settings import Settings
from mesh import Service
from mesh.cli import service_cli

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(
        EmailSent,
        ReportSent,
        EmailFailed,
        RecipientSuppressed,
        SendBulkMail,
        BulkSent,
        SendPush,
        DeliverPush,
        PushSent,
        NoteFlow,
    ),
    flow=NoteFlow,
    wiring=wiring.open_deps,
    pool="threads",  # a mail is mostly waiting: for the mail server, and for two commits
    concurrency=8,  # each has a connection to PostgreSQL, and one to a mail server while there is work
)
cli = service_cli(service)
commands.add(cli, service)


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
