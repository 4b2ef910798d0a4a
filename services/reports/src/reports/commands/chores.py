"""`reports chores`: what is done by the clock though nobody asks for it, and when."""

from typing import Any

import click

from mesh import Service
from mesh.cli import begun
from reports.commands import written
from reports.store import chores as stored
from reports.store.chores import Row


def chores_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    def show() -> None:
        with begun(service) as tx:
            rows = stored.listed(tx)
        for row in rows:
            click.echo(_line(row))
        if not rows:
            click.echo("none: no beat has been at work that has RATES_URL, ORDERS_FOLDER or ORDERS_KEYS")

    return click.Command("chores", callback=show, help="What beats send off by themselves: when, next, last.")


def _line(row: Row) -> str:
    due, last = (at and written.shown(at, row.timing) for at in (row.next_due_at, row.last_due_at))
    return f"{row.command:22}  {row.timing.cron:18}  next {due or 'never'}  last {last or 'never'}"
