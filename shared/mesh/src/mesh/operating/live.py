"""`mesh live`: every process that says that it lives, and what waits in the services' databases."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click

from mesh import leases
from mesh.leases import Live
from mesh.operating.shown import as_text, table

HEAD = ("service", "build", "role", "state", "since", "takes", "sends", "instance")
broker = click.option("--broker", "url", envvar="BROKER_URL", required=True, help="Its URL. [BROKER_URL]")


@click.command()
@broker
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def live(url: str, as_json: bool) -> None:
    """Who lives at this moment, and what waits in their databases."""
    processes = leases.read(url)
    if as_json:
        click.echo(as_text([process.model_dump(mode="json") for process in processes]))
        return
    click.echo(table([HEAD, *map(_row, processes)]) if processes else "no process says that it lives")
    for line in _waiting(processes):
        click.echo(line)


def _row(process: Live) -> tuple[str, ...]:
    build = process.manifest
    state = f"{process.state} ({process.needs})" if process.needs else process.state
    sends = " ".join(map(str, build.sends))
    taken = " ".join(process.queues)
    return (
        build.service,
        build.build,
        process.role,
        state,
        _ago(process.since),
        taken,
        sends,
        process.instance,
    )


def _waiting(processes: Sequence[Live]) -> Iterator[str]:
    counted = {p.manifest.service: p.backlog for p in processes if p.backlog}
    for service, backlog in counted.items():
        for place, found in (("outbox", backlog.outbox), ("dead letters", backlog.dead_letters)):
            for w in found:
                what = f"{w.name} v{w.version}" if w.name else "no messages of the mesh"
                why = f", {w.reason}" if w.reason else ""
                yield f"{service}: {w.messages} in its {place}: {what}{why}, since {_ago(w.since)}"


def _ago(moment: datetime) -> str:
    """A length of time, in its largest unit."""
    seconds = int((datetime.now(UTC) - moment).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
