"""`reports person`: what is known of whom."""

import json
from typing import Any

import click

from mesh import Service
from mesh.cli import begun
from reports.usecases import people


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
        """Forget them. Figures stay; files with their name stay in the store for FILES_KEPT."""
        with begun(service) as tx:
            done = people.erase(email, tx)
        click.echo(f"erased: a customer of {done.accounts} accounts")
        for id in done.schedules:
            click.echo(f"left, since somebody set it up: schedule {id}")

    return group
