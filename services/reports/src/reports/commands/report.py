"""`reports report`: those that were asked for, and how they do."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import click

from contracts import Refused, uuid7
from contracts.reports import MakeReport, ReportKind, RevokeReport
from mesh import Reject, Service, Tx, canvas, outbox
from mesh.cli import begun, start
from reports.commands import written
from reports.commands.days import between
from reports.store import asked
from reports.store.asked import Asked
from reports.usecases import making, planning


def report_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""
    group = click.Group("report", help="Reports that were asked for: how they do, and what to do about it.")
    for command in (_make, _list, _show, _resume, _revoke):
        group.add_command(command(service))
    return group


def _make(service: Service[Any]) -> click.Command:
    @click.command("make")
    @click.argument("kind", type=click.Choice(get_args(ReportKind)))
    @written.options(format="pdf")
    @between
    def make(kind: ReportKind, days: Sequence[date], to: Sequence[str], locale: str, **said: Any) -> None:
        """Have one made. Prints its id."""
        people = tuple(written.somebody(each, locale) for each in to)
        wanted = MakeReport(
            report_id=uuid7(),
            kind=kind,
            first_day=days[0],
            last_day=days[-1],
            locale=locale,
            deliver_to=people,
            **said,
        )
        with begun(service) as tx:
            outbox.put(tx, wanted)
        click.echo(wanted.report_id)

    return make


def _list(service: Service[Any]) -> click.Command:
    @click.command("list")
    @click.option("--broken", is_flag=True, help="Those that do not go on by themselves.")
    @click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="So many.")
    def show(broken: bool, limit: int) -> None:
        """The latest first."""
        with begun(service) as tx:
            found = asked.latest(tx, limit, broken=broken)
        for report in found:
            wanted = report.wanted
            days = f"{wanted.first_day} {wanted.last_day}"
            told = f"{wanted.kind:20} {days} {wanted.format:4}  {wanted.account or '(all)'}"
            click.echo(f"{report.report_id}  {report.asked_at:%Y-%m-%d %H:%M}  {_state(report):24}  {told}")

    return show


def _show(service: Service[Any]) -> click.Command:
    def show(id: UUID) -> None:
        settings = start(service, "cli")
        with begun(service) as tx:
            report = _known(tx, id)
        click.echo(_state(report))
        for step, state in canvas.states(settings, planning.steps(report), id=id):
            click.echo(f"{step.id}  {state:8}  {step.name}  {step.place}")

    told = "How each of its steps did last, as the Redis of results knows it for a day."
    return click.Command("show", callback=show, params=[_id()], help=told)


def _resume(service: Service[Any]) -> click.Command:
    def resume(id: UUID) -> None:
        with begun(service) as tx:
            report = _known(tx, id)
            if report.made_at:
                raise Refused(f"report {id} is made")
            try:
                making.go_on(report, tx)
            except Reject as error:
                raise Refused(str(error)) from None
        click.echo(f"{id} goes on")

    told = "Have done what was not done of it, once what failed is mended; it would go on later by itself."
    return click.Command("resume", callback=resume, params=[_id()], help=told)


def _revoke(service: Service[Any]) -> click.Command:
    def revoke(id: UUID) -> None:
        with begun(service) as tx:
            _known(tx, id)
            outbox.put(tx, RevokeReport(report_id=id))
        click.echo(f"{id} is called off")

    return click.Command("revoke", callback=revoke, params=[_id()], help="Have no step of it begun any more.")


def _id() -> click.Argument:
    return click.Argument(["id"], type=click.UUID)


def _known(tx: Tx, id: UUID) -> Asked:
    report = asked.find(tx, id)
    if report is None:
        raise Refused(f"nobody asked for report {id} in the last 30 days: `report list` shows them")
    return report


def _state(report: Asked) -> str:
    if report.made_at:
        return "made"
    if report.revoked:
        return "called off"
    if datetime.now(UTC) - report.asked_at > making.EXPIRES:
        return "not made in time"
    return f"broken: {report.broken_part}" if report.broken_part else "under way"
