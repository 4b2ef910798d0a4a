"""`emails suppressions` and `emails person`: who is not written to, and what is known of whom."""

from typing import Any

import click

from emails.store import people as stored
from emails.usecases import people
from mesh import Service, Tx, person
from mesh.cli import begun


def suppressions_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""
    group = click.Group("suppressions", help="Addresses that nothing is sent to.")

    @group.command("list")
    def list_() -> None:
        """One line each, oldest first."""
        with begun(service) as tx:
            for each in stored.suppressed(tx):
                click.echo(f"{each.since:%Y-%m-%d %H:%M:%S}  {each.email or '(forgotten)'}  {each.why}")

    @group.command()
    @click.argument("email")
    @click.option("--why", default="an operator said so", show_default=True)
    def add(email: str, why: str) -> None:
        """Send nothing more there."""
        with begun(service) as tx:
            if not people.suppress(tx=tx, email=email, why=why):
                raise click.ClickException("nothing was sent there already")
        click.echo("suppressed")

    @group.command()
    @click.argument("email")
    def remove(email: str) -> None:
        """The mailbox is there after all."""
        with begun(service) as tx:
            if not stored.release(tx, email):
                raise click.ClickException("it was not suppressed")
        click.echo("released")

    return group


def person_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""
    told = "Forget them. That they want no mails is remembered, without their address."
    return person.person_of(service, people.known, _erase, told)


def _erase(email: str, tx: Tx) -> list[str]:
    left = people.erase(email, tx)
    lines = (f"left, since it names others too: {each.place} {each.id} {each.name}" for each in left)
    return ["erased", *lines]
