"""The commands: `orders api|webhooks|worker|relay|keys|link-key|migrate|…`, and `celery -A orders.main`."""

import json
from typing import Any

import click

from contracts.emails import AddPushSubscription, RemovePushSubscription, SetPreference
from contracts.orders import (
    ExpireOrder,
    ImportPart,
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderNoted,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from contracts.reports import (
    MakeReport,
    NoteFlow,
    RemoveSchedule,
    RevokeReport,
    RunScheduleNow,
    SetSchedule,
)
from mesh import Service
from mesh.announcer import Announcer
from mesh.cli import service_cli, start
from orders import tasks, wiring
from orders.commands import keys_of, link_key
from orders.settings import Settings

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(
        OrderPlaced,
        OrderPaid,
        OrderShipped,
        OrderDelivered,
        OrderCancelled,
        OrderExpired,
        OrderRefunded,
        OrderNoted,
        ExpireOrder,
        ImportPart,
        MakeReport,
        RevokeReport,
        SetSchedule,
        RemoveSchedule,
        RunScheduleNow,
        SetPreference,
        AddPushSubscription,
        RemovePushSubscription,
        NoteFlow,
    ),
    flow=NoteFlow,
    wiring=wiring.open_deps,
)
cli = service_cli(service)
cli.add_command(keys_of(service))
cli.add_command(link_key)


@cli.command()
def api() -> None:
    """Serve the HTTP API until told to stop."""
    from orders.api import serve

    settings = start(service, "api")
    serve(settings, lambda: Announcer(service, settings.broker_url, "api"))


@cli.command()
@click.option("--page", is_flag=True, help="In Markdown, for people.")
def openapi(page: bool) -> None:
    """Print the API's description, as it serves it at /openapi.json."""
    from orders.api import openapi, reference

    described = openapi()
    click.echo(reference.page(described) if page else json.dumps(described, indent=2, ensure_ascii=False))


@cli.command()
def webhooks() -> None:
    """Send events to clients' endpoints until told to stop."""
    from orders.delivering import serve

    serve(start(service, "webhooks"))


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
