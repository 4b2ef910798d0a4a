"""`reports orders`: orders of elsewhere, from files."""

import hashlib
from pathlib import Path
from typing import Any

import click

from contracts import Refused
from mesh import Service, database
from mesh.cli import start
from reports import wiring
from reports.sources.orders_csv import Unreadable
from reports.usecases import importing, taking
from reports.usecases.importing import Taken


def orders_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""

    @click.group()
    def orders() -> None:
        """Orders of elsewhere, in CSV, for the figures."""

    @orders.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--encoding", help="If it is not UTF-8, such as cp1251.")
    @click.option("--account", help="Whose orders they are, where the file does not say.")
    def import_(file: Path, encoding: str | None, account: str | None) -> None:
        """Take the orders of a FILE. Again changes nothing. Ends with 1 where a line does not fit."""
        settings = start(service, "cli")
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            importing.store(content, file.name, wiring.files(settings))
            try:
                found = importing.read(content, encoding)
                with database.connect(settings.database_url, "reports-files") as tx, tx.transaction():
                    taken = importing.take(found, digest, file.name, tx, account)
            except Unreadable as error:
                raise Refused(f"{file}: {error}") from None
        _tell(file.name, taken)
        raise SystemExit(1 if taken.faults else 0)

    @orders.command()
    def take() -> None:
        """Take the files that lie in ORDERS_FOLDER. Ends with 1 where anything does not fit."""
        settings = start(service, "cli")
        counter = wiring.counter(settings, wiring.files(settings))
        if counter is None:
            raise Refused("ORDERS_FOLDER names no folder: nothing is taken")
        right = [_tell(name, taken) for name, taken in taking.take(counter)]
        raise SystemExit(0 if all(right) else 1)

    return orders


def _tell(name: str, taken: Taken | str) -> bool:
    """Returns whether all of it fits."""
    if isinstance(taken, str):
        click.echo(f"{name}: refused: {taken}", err=True)
        return False
    click.echo(f"{name}: {taken.orders} orders, {taken.new} of them new; {taken.faults} faults")
    if taken.why:
        click.echo(taken.why, err=True)
    return not taken.faults
