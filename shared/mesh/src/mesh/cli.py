"""The command line that every service has: `<service> worker|relay|beat|migrate|health|dead-letters`.

A service adds its own commands to the group that `service_cli` returns.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import click
import structlog

from contracts import Refused
from mesh import (
    broker,
    context,
    database,
    deadletters,
    garbage,
    health,
    listeners,
    log,
    manifest,
    publisher,
    topology,
    unrouted,
)
from mesh.announcer import Announcer
from mesh.database import Tx
from mesh.errors import MeshError, RefusedAtStart, Unavailable
from mesh.files import open_retention
from mesh.health import Heartbeat
from mesh.relay import Relay
from mesh.service import S, Service
from mesh.stopping import Stopping
from mesh.switching import switch_of
from mesh.upkeep import Upkeep

logger = structlog.get_logger(__name__)

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before another try: RabbitMQ may answer 541 to two who declare the same queue at once."""


class Cli(click.Group):
    """Errors that are meant for a person come without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (MeshError, Refused) as error:
            click.echo(f"{ctx.info_name}: {error}", err=True)
            sys.exit(2 if isinstance(error, (RefusedAtStart, Refused)) else 1)


def service_cli(service: Service[Any]) -> Cli:
    """The commands of a service."""
    group = Cli(name=service.name, help=f"The {service.name} service, {service.producer.build}.")
    group.add_command(_worker(service))
    group.add_command(_command("relay", _relay, service, "Move the outbox to the broker until told to stop."))
    if service.ticks:
        group.add_command(_command("beat", _beat, service, "Send off what falls due, until told to stop."))
    group.add_command(_command("migrate", _migrate, service, "Bring database and queues up to date."))
    group.add_command(_health(service))
    group.add_command(_manifest(service))
    group.add_command(_dead_letters(service))
    group.add_command(_unrouted(service))
    group.add_command(switch_of(service))
    if service.keeps_files:
        group.add_command(_files(service))
    return group


@contextmanager
def begun(service: Service[Any]) -> Iterator[Tx]:
    """A command's transaction at the service's database. Raises MissingSettings and Unavailable."""
    settings = start(service, "cli")
    with database.connect(settings.database_url, f"{service.name}-cli") as tx, tx.transaction():
        yield tx


def start(service: Service[S], role: str) -> S:
    """What every process does first, once its modules are loaded. Raises MissingSettings."""
    settings = service.settings.load()
    log.configure(settings, service.producer, role)
    logging.captureWarnings(True)  # a warning is a line like any other
    context.identify(service.producer, service.sends)
    garbage.rare()
    return settings


def _command(
    name: str, run: Callable[[Service[Any]], None], service: Service[Any], help: str
) -> click.Command:
    return click.Command(name, callback=partial(run, service), help=help)


def _worker(service: Service[Any]) -> click.Command:
    def run(lane: tuple[str, ...]) -> None:
        from mesh.worker import app  # Celery takes a third of a second to import: only here is it needed

        sys.exit(app.run(service, start(service, "worker"), lane))

    lanes = ", ".join(service.consumer.lanes())
    told = f"Take this lane alone; give it again for another. There are: {lanes}."
    option = click.Option(["--lane"], multiple=True, help=told)
    return click.Command("worker", callback=run, params=[option], help="Handle messages until told to stop.")


def _relay(service: Service[Any]) -> None:
    settings = start(service, "relay")
    stopping = Stopping()
    stopping.listen()
    announcer = Announcer(service, settings.broker_url, "relay")
    heartbeat = Heartbeat(settings.health_dir, service.name, "relay", announcer)
    heartbeat.beat("starting")
    connect = partial(database.connect, settings.database_url, f"{service.name}-relay")
    to = publisher.connect(settings.broker_url, settings.broker_persistence)
    if service.keeps_files and settings.files_url:
        open_retention(settings.files_url, settings.files_kept, stopping).start()
    Relay(connect, to, heartbeat, stopping, Upkeep(announcer, service.flow)).run()
    heartbeat.beat("stopping")
    heartbeat.end()
    logger.info("relay.stopped")


def _beat(service: Service[Any]) -> None:
    from mesh.beat import running  # Celery, as for a worker

    running.run(service, start(service, "beat"))


def _migrate(service: Service[Any]) -> None:
    from mesh.migrate import migrate

    settings = start(service, "migrate")
    migrate(service.migrated_by, settings)
    logger.info("database.migrated")
    _declare(service, settings.broker_url)
    logger.info("queues.declared")


def _declare(service: Service[Any], url: str) -> None:
    """What others announce from now on is kept for this service, whenever its first worker starts."""
    own = [*service.consumer.queues(), topology.private_queue(service.name)]
    for pause in (*_PAUSES, None):
        try:
            broker.declare_queues(url, own, listeners.queues(service.sends, url))
        except Unavailable:
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return


def _health(service: Service[Any]) -> click.Command:
    def show(role: str) -> None:
        directory = service.settings.load().health_dir
        if directory is None:
            raise click.ClickException("HEALTH_DIR is not set: processes keep no heartbeat")
        sys.exit(health.show(directory, service.name, role))

    role = click.Argument(["role"], type=click.Choice(health.ROLES))
    return click.Command("health", callback=show, params=[role], help="Exit 0 if that process here is ready.")


def _manifest(service: Service[Any]) -> click.Command:
    def show(anew: bool) -> None:
        found = manifest.anew(service) if anew else manifest.shipped(service.name)
        click.echo(found.model_dump_json(indent=1, exclude_defaults=True))

    option = click.Option(["--anew"], is_flag=True, help="Of the code, in a checkout: what to ship.")
    told = "What this build takes and sends, as its package says it."
    return click.Command("manifest", callback=show, params=[option], help=told)


def _unrouted(service: Service[Any]) -> click.Command:
    def show(replay: bool) -> None:
        settings = start(service, "cli")
        if replay:
            sent, kept = unrouted.replay(settings)
            click.echo(f"sent again: {sent}; no messages of the mesh, left there: {kept}")
            return
        for name, count in sorted(unrouted.counted(settings.broker_url).items()):
            click.echo(f"{count:8}  {name}")

    option = click.Option(["--replay"], is_flag=True, help="Send each once more, to whoever listens now.")
    return click.Command("unrouted", callback=show, params=[option], help="What nobody listened for.")


def _files(service: Service[Any]) -> click.Group:
    group = click.Group("files", help="The file store.")

    @group.command()
    @click.option("--days", type=click.IntRange(min=1), help="Keep so many instead of FILES_KEPT.")
    def prune(days: int | None) -> None:
        """Remove old files now, which the relay else does by and by."""
        settings = start(service, "cli")
        if settings.files_url is None:
            raise click.ClickException("FILES_URL is not set: there is no file store")
        kept = settings.files_kept if days is None else timedelta(days=days)
        removed = open_retention(settings.files_url, kept, Stopping()).sweep(share=1)
        click.echo(f"removed: {removed.files} files, {removed.bytes} bytes")

    return group


def _dead_letters(service: Service[Any]) -> click.Group:
    group = click.Group("dead-letters", help="List, explain, replay and discard dead letters.")

    @group.command("list")
    def list_() -> None:
        """One line each, oldest first."""
        with begun(service) as tx:
            for letter in deadletters.listed(tx):
                click.echo(
                    f"{letter.died_at:%Y-%m-%d %H:%M:%S}  {letter.id}  {letter.reason:9}  {letter.name}"
                )

    @group.command()
    @click.argument("id", type=click.UUID)
    def show(id: UUID) -> None:
        """All that is known of one, with the message."""
        with begun(service) as tx:
            found = deadletters.find(tx, id)
        if found is None:
            raise click.ClickException(f"no dead letter {id}")
        letter, body = found
        click.echo(f"{letter.name or 'not a message of the mesh'}, from {letter.queue}")
        click.echo(f"{letter.reason} after {letter.attempts} attempt(s), builds {', '.join(letter.builds)}")
        click.echo(letter.error)
        click.echo(body.decode(errors="backslashreplace"))

    def one(name: str, help: str, change: Callable[[Tx, UUID], bool]) -> None:
        def run(id: UUID) -> None:
            with begun(service) as tx:
                if not change(tx, id):
                    raise click.ClickException(f"no dead letter {id}")
            click.echo(f"{name}ed {id}")

        group.add_command(
            click.Command(name, callback=run, params=[click.Argument(["id"], type=click.UUID)], help=help)
        )

    one("replay", "Send one to its queue again, with all its attempts.", deadletters.replay)
    one("discard", "Give one up for good.", deadletters.discard)
    return group
