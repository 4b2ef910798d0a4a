"""`emails suppressions` and `emails person`: who is not written to, and what is known of whom."""

import json
from typing import Any

import click

from emails.store import people as stored
from emails.usecases import people
from mesh import Service
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
    group = click.Group("person", help="What is known of one person.")

    @group.command()
    @click.argument("email")
    def export(email: str) -> None:
        """All of it, as JSON."""
        with begun(service) as tx:
            known = people.known(email, tx)
        click.echo(json.dumps(known, indent=1, ensure_ascii=False, default=str))

    @group.command()
    @click.argument("email")
    def erase(email: str) -> None:
        """Forget them. That they want no mails is remembered, without their address."""
        with begun(service) as tx:
            left = people.erase(email, tx)
        click.echo("erased")
        for each in left:
            click.echo(f"left, since it names others too: {each.place} {each.id} {each.name}")

    return group
