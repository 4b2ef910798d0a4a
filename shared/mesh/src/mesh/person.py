"""`<service> person`: what a service knows of somebody, for them to read, and to be forgotten.

Messages that name them are `mesh.naming`'s; what else there is, the service says.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from mesh.cli import begun
from mesh.database import Tx
from mesh.service import Service


def person_of(
    service: Service[Any],
    known: Callable[[str, Tx], Any],
    erase: Callable[[str, Tx], Iterable[str]],
    erased: str,
) -> click.Group:
    """The commands, for this service's database.

    `known` of an address, as JSON has it. `erase` returns what is to be said of it, a line each; `erased` is
    the help of that.
    """
    group = click.Group("person", help="What is known of one person.")

    @group.command()
    @click.argument("email")
    def export(email: str) -> None:
        """All of it, as JSON."""
        with begun(service) as tx:
            found = known(email, tx)
        click.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))

    @group.command("erase", help=erased)
    @click.argument("email")
    def forget(email: str) -> None:
        with begun(service) as tx:
            said = list(erase(email, tx))
        click.echo("\n".join(said))

    return group
