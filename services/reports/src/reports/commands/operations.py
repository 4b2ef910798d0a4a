"""`reports operations`: what the mesh itself did."""

from datetime import date
from typing import Any

import click

from mesh import Service
from mesh.cli import begun
from reports.commands.days import between
from reports.documents import Operations, written
from reports.documents.kinds import Flow
from reports.store.told import Of
from reports.usecases import operating


def operations_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command()
    @click.option("--json", "as_json", is_flag=True, help="The report in JSON instead of a table.")
    @between
    def operations(days: list[date], as_json: bool) -> None:
        """What the workers of all services did on these days. Times are microseconds."""
        with begun(service) as tx:
            found = operating.operations(tx, Of(None, days[0], days[-1]))
        if as_json:
            click.echo(written(found, "json").decode(), nl=False)
        else:
            _show(found)

    return operations


def _show(found: Operations) -> None:
    click.echo(f"{'':32}  {'handled':>9}  {'retried':>8}  {'dead':>6}  {'p50':>9}  {'p95':>9}")
    for each in found.days:
        _line(str(each.day), each.flow)
    for queue in found.queues:
        _line(f"{queue.service} {queue.queue}", queue.flow)
    _line("all", found.total)
    for death in found.deaths:
        click.echo(f"{death.letters} dead: {death.service} {death.message}: {death.reason}")


def _line(what: str, flow: Flow) -> None:
    p50, p95 = ("" if took is None else took for took in (flow.p50, flow.p95))
    click.echo(f"{what:32}  {flow.handled:>9}  {flow.retried:>8}  {flow.dead:>6}  {p50:>9}  {p95:>9}")
