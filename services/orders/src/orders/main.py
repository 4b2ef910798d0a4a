"""Entry points: `orders api|worker|relay|migrate|health|dead-letters`, and `celery -A orders.main`."""

from typing import Any

from contracts.orders import OrderPlaced
from mesh import Service
from mesh.announcer import Announcer
from mesh.cli import service_cli, start
from orders import tasks, wiring
from orders.settings import Settings

service = Service(
    consumer=tasks.consumer,
    settings=Settings,
    sends=(OrderPlaced,),
    wiring=wiring.open_deps,
)
cli = service_cli(service)


@cli.command()
def api() -> None:
    """Serve the HTTP API until told to stop."""
    from orders.api import serve

    settings = start(service, "api")
    serve(settings, Announcer(service, settings.broker_url, "api"))


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from mesh.worker.app import celery_app

    return celery_app(service, Settings.load())
