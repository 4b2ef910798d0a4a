"""`reports sales` and `reports rebuild`: figures shown, and made again."""

import json
import time
from datetime import date, datetime
from typing import Any

import click

from mesh import Service, database
from mesh.cli import begun, start
from reports.commands.days import DAY, between
from reports.usecases import gathering, rebuilding


def sales_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command()
    @click.argument("day", type=DAY)
    @click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
    def sales(day: datetime, as_json: bool) -> None:
        """The sales figures of a UTC day."""
        with begun(service) as tx:
            found = gathering.sales(day.date(), tx)
        if as_json:
            rows = [
                {"currency": f.currency, "orders": f.orders, "items": f.items, "revenue": f.revenue}
                for f in found
            ]
            click.echo(json.dumps({"day": str(day.date()), "currencies": rows}))
            return
        click.echo(f"{day:%Y-%m-%d}  {'orders':>8}  {'items':>8}  {'revenue (minor units)':>22}")
        for f in found:
            click.echo(f"{f.currency:>10}  {f.orders:>8}  {f.items:>8}  {f.revenue:>22}")

    return sales


def rebuild_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command()
    @click.option("--reread", is_flag=True, help="Also what facts take from an envelope, by this build.")
    @between
    def rebuild(days: list[date], reread: bool) -> None:
        """Make facts and figures of these days again, from what landed. New orders keep flowing.

        Each day is a transaction of its own: whoever ends this may begin again, with any day.
        """
        settings = start(service, "cli")
        with database.connect(settings.database_url, "reports-rebuild") as tx:
            for number, day in enumerate(days, start=1):
                begun_at = time.monotonic()
                with tx.transaction():
                    if reread:
                        rebuilding.reread(day, tx)
                    changed = rebuilding.rebuild(day, tx, settings.reporting_currency)
                _tell(day, number, len(days), changed, time.monotonic() - begun_at)

    return rebuild


def _tell(day: date, number: int, of: int, changed: bool, seconds: float) -> None:
    click.echo(f"{day}  {number} of {of}  {seconds:.1f} s{'  figures changed' if changed else ''}")
