"""`reports rates`: exchange rates fetched, shown, and amounts converted anew."""

from datetime import UTC, datetime
from typing import Any

import click

from mesh import Service, database
from mesh.cli import begun, start
from mesh.errors import MeshError
from reports import wiring
from reports.commands.days import DAY
from reports.settings import Settings
from reports.sources.fetching import Source
from reports.store import rates as stored
from reports.store.rates import Known
from reports.usecases import quoting


def rates_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""

    @click.group()
    def rates() -> None:
        """Exchange rates: fetch them, show them, convert anew."""

    @rates.command()
    def fetch() -> None:
        """Fetch from every source of RATES_URL, now. What is new is read by a worker."""
        settings = start(service, "cli")
        if not settings.rates_url:
            click.echo("RATES_URL names no source: nothing is fetched")
        sources = wiring.rate_sources(settings).items()
        failed = [name for name, source in sources if not _fetched(name, source, settings)]
        raise SystemExit(1 if failed else 0)

    @rates.command("list")
    @click.option("--day", type=DAY, help="A UTC day. Without it: today.")
    def list_(day: datetime | None) -> None:
        """The rates that hold on a day, and what is converted by them."""
        on = (day or datetime.now(UTC)).date()
        with begun(service) as tx:
            found = stored.known(tx, on)
        click.echo(f"{on}: {len(found) or 'no'} currencies have a rate")
        for known in found:
            click.echo(f"{known.currency}  {known.rate:>14}  of {known.day}  {_converted(known)}")

    @rates.command()
    def convert() -> None:
        """Convert all amounts anew, after a change of REPORTING_CURRENCY. Workers count their days again."""
        settings = start(service, "cli")
        with database.connect(settings.database_url, "reports-rates") as tx, tx.transaction():
            days = quoting.convert_anew(tx, settings.reporting_currency)
        click.echo(f"{days} days are counted again")

    return rates


def _fetched(name: str, source: Source, settings: Settings) -> bool:
    """From one source. One that fails is told, and holds up no other."""
    try:
        with database.connect(settings.database_url, "reports-rates") as tx:
            with tx.transaction():
                ask = quoting.asked(tx, name, source)
            found = ask()
            with tx.transaction():
                new = quoting.land(name, tx, found)
    except MeshError as error:
        click.echo(str(error), err=True)
        return False
    click.echo(f"{name}: {'a new document' if new else 'nothing new'}")
    return True


def _converted(known: Known) -> str:
    if known.ours is None or known.theirs is None:
        return "not converted"
    return f"100 minor units are {100 * known.ours / known.theirs:.4f} of ours"
