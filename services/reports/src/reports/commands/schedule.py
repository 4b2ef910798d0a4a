"""`reports schedule`: have reports made again and again, or once at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import click
from pydantic import ValidationError

from contracts import Refused, uuid7
from contracts.errors import explain
from contracts.reports import (
    Missed,
    Period,
    Plan,
    RemoveSchedule,
    ReportKind,
    SetSchedule,
)
from contracts.timing import Timing
from mesh import Reject, Service, Tx, recurrence
from mesh.cli import begun
from mesh.recurrence import Unfit
from reports.commands import written
from reports.store import schedules as stored
from reports.store.schedules import Row
from reports.usecases import scheduling

_SOON = 5
"""Times that are shown of those to come."""


class _Schedule(click.ParamType[UUID]):
    """The id of one."""

    name = "id"

    def convert(self, value: Any, param: Any, ctx: Any) -> UUID:
        try:
            return UUID(str(value))
        except ValueError:
            self.fail(f"{value!r} is no id: `schedule list` shows them", param, ctx)


def schedule_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""
    group = click.Group("schedule", help="Reports that are made again and again, or once at a time.")
    group.add_command(_add(service))
    group.add_command(_list(service))
    group.add_command(_show(service))
    _change(group, service, "pause", "Have nothing fall due until it is resumed.", paused=True)
    _change(group, service, "resume", "Go on, with what falls due from now on.", paused=False)
    group.add_command(_remove(service))
    group.add_command(_run(service))
    return group


def _add(service: Service[Any]) -> click.Command:
    @click.command("add")
    @click.argument("name")
    @click.option("--cron", help='When, as "0 8 * * 1-5": minute, hour, day, month, day of the week.')
    @click.option(
        "--every", help="When, as 90m, 6h or 1d: so often, the first time at --at, or so long from now."
    )
    @click.option(
        "--at", help="When, as 2026-12-24T08:00: once; by the clocks of the zone, or with an offset."
    )
    @click.option("--zone", default="UTC", show_default=True, help="Whose clocks and days are meant.")
    @click.option("--kind", type=click.Choice(get_args(ReportKind)), default="daily_sales", show_default=True)
    @written.options(format="csv")
    @click.option("--period", type=click.Choice(get_args(Period)), default="yesterday", show_default=True)
    @click.option("--missed", type=click.Choice(get_args(Missed)), default="once", show_default=True)
    @click.option("--paused", is_flag=True, help="Have nothing fall due until it is resumed.")
    def add(name: str, cron: str | None, every: str | None, at: str | None, zone: str, **said: Any) -> None:
        """Have a report made and sent. Prints the schedule's id, and when it falls due."""
        with _refusing():
            now = scheduling.now()
            wanted = _said(name, written.timing(cron, every, at, zone, now), now, **said)
            with begun(service) as tx:
                scheduling.put(wanted, tx)
        click.echo(wanted.schedule_id)
        _echo_times(wanted, now)

    return add


def _list(service: Service[Any]) -> click.Command:
    def show() -> None:
        with begun(service) as tx:
            rows = stored.listed(tx)
        for row in rows:
            said = scheduling.word(row)
            due = written.shown(row.next_due_at, said.timing) if row.next_due_at else ""
            click.echo(f"{row.id}  {_state(row, said):6}  {due:32}  {row.account or '(all)':20}  {said.name}")

    return click.Command("list", callback=show, help="All, with when each falls due next.")


def _show(service: Service[Any]) -> click.Command:
    def show(id: UUID) -> None:
        with begun(service) as tx:
            row = _known(tx, id)
        said = scheduling.word(row)
        plan, timing = said.plan, said.timing
        facts = {
            "name": said.name,
            "state": _state(row, said),
            "account": row.account or "(all)",
            "when": f"{_when(timing)}, {timing.zone}",
            "report": f"{plan.kind} of {plan.period}, {plan.format}, {plan.locale}",
            "customer": plan.customer,
            "to": ", ".join(f"{to.name} <{to.email}> {to.locale}".strip() for to in plan.recipients),
            "by": plan.by,
            "each by": plan.each_by,
            "missed": said.missed,
            "last": row.last_due_at and written.shown(row.last_due_at, timing),
        }
        for name, fact in facts.items():
            if fact:
                click.echo(f"{name:9} {fact}")
        if row.next_due_at:
            _echo_times(said, row.next_due_at - timedelta(microseconds=1))

    return click.Command("show", callback=show, params=[_id()], help="All of one, with the next times.")


def _change(group: click.Group, service: Service[Any], name: str, help: str, *, paused: bool) -> None:
    def change(id: UUID) -> None:
        with _refusing(), begun(service) as tx:
            row = _known(tx, id)
            said = scheduling.word(row)
            if said.paused != paused:
                said = said.model_copy(update={"paused": paused, "said_at": scheduling.next_word(row)})
                scheduling.put(said, tx)
        click.echo(f"{name}d {id}")
        _echo_times(said, said.said_at)

    group.add_command(click.Command(name, callback=change, params=[_id()], help=help))


def _remove(service: Service[Any]) -> click.Command:
    def remove(id: UUID) -> None:
        with begun(service) as tx:
            row = _known(tx, id)
            said = RemoveSchedule(schedule_id=id, account=row.account, removed_at=scheduling.now())
            scheduling.remove(said, tx)
        click.echo(f"removed {id}")

    return click.Command("remove", callback=remove, params=[_id()], help="Have nothing fall due any more.")


def _run(service: Service[Any]) -> click.Command:
    def run(id: UUID) -> None:
        with begun(service) as tx:
            _known(tx, id)
            report = scheduling.run(id, scheduling.now(), tx, asked=True)
        click.echo(f"report {report} is asked for")

    told = "Have its report made and sent now, as if it fell due; also of one that is paused."
    return click.Command("run", callback=run, params=[_id()], help=told)


def _id() -> click.Argument:
    return click.Argument(["id"], type=_Schedule())


@contextmanager
def _refusing() -> Iterator[None]:
    """What does not fit is told as what it is."""
    try:
        yield
    except (Unfit, Reject) as error:
        raise Refused(str(error)) from None
    except ValidationError as error:
        raise Refused(explain(error)) from None


def _known(tx: Tx, id: UUID) -> Row:
    row = stored.find(tx, id)
    if row is None or row.removed_at:
        raise Refused(f"there is no schedule {id}: `schedule list` shows them")
    return row


def _said(name: str, timing: Timing, now: datetime, *, to: Sequence[str], **said: Any) -> SetSchedule:
    """Raises Unfit, and ValidationError for what is no address."""
    plan = {
        field: said[field] for field in ("kind", "format", "period", "locale", "customer", "by", "each_by")
    }
    recipients = tuple(written.somebody(each, said["locale"]) for each in to)
    return SetSchedule(
        schedule_id=uuid7(),
        said_at=now,
        name=name,
        timing=timing,
        plan=Plan(**plan, recipients=recipients),
        **{field: said[field] for field in ("account", "missed", "paused")},
    )


def _state(row: Row, said: SetSchedule) -> str:
    if said.paused:
        return "paused"
    return "active" if row.next_due_at else "ended"


def _when(timing: Timing) -> str:
    if timing.cron is not None:
        return timing.cron
    if timing.every is not None:
        return f"every {timing.every} s from {timing.at} on"
    return f"once, {timing.at}"


def _echo_times(said: SetSchedule, since: datetime) -> None:
    """None of one that is paused."""
    for due in [] if said.paused else recurrence.upcoming(said.timing, since, _SOON):
        click.echo(f"due       {written.shown(due, said.timing)}")
