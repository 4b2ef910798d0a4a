"""`reports reconcile`: facts beside the orders service."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from mesh import Service, database
from mesh.cli import begun, start
from reports import wiring
from reports.commands.days import between
from reports.store import reconciled
from reports.store.reconciled import Difference
from reports.usecases import reconciling


def reconcile_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command()
    @click.option("--show", is_flag=True, help="Only show what was found before.")
    @between
    def reconcile(days: list[date], show: bool) -> None:
        """Compare these days with the orders service. What is missing lands, and workers count it.

        Each day is a transaction of its own. What changed in the last ten minutes is left alone.
        """
        (_show if show else _reconcile)(service, days)

    return reconcile


def _show(service: Service[Any], days: Sequence[date]) -> None:
    with begun(service) as tx:
        found = reconciled.listed(tx, days[0], days[-1])
    for difference, at in found:
        click.echo(f"{_line(difference)}  found {at:%Y-%m-%d %H:%M}")


def _reconcile(service: Service[Any], days: Sequence[date]) -> None:
    settings = start(service, "cli")
    shops = wiring.shops(settings)
    if not shops:
        click.echo("ORDERS_KEYS names no account: nothing is reconciled")
        return
    accounts = [shop.account for shop in shops]
    with database.connect(settings.database_url, "reports-reconcile") as tx:
        for day in days:
            found = reconciling.placed(day, shops)
            with tx.transaction():
                differences = reconciling.compare(tx, day, accounts, found)
                strayed = reconciling.recheck(tx, day)
            click.echo(f"{day}  {len(found.orders)} orders, {len(differences)} differences")
            for each in differences:
                click.echo(_line(each))
            if strayed:
                click.echo(f"{day}  its figures are not what its orders add up to: they are made again")


def _line(found: Difference) -> str:
    done = "landed" if found.landed else "to be looked at"
    return f"{found.day}  {found.account}  {found.order_id}  {found.what}: {done}"
