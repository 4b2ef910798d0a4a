"""What emails has beside the commands of every service."""

from typing import Any

import click

from emails.commands.people import person_of, suppressions_of
from emails.commands.preview import preview
from emails.commands.sent import campaigns_of, in_doubt_of
from emails.commands.vapid import vapid
from mesh import Service


def add(cli: click.Group, service: Service[Any]) -> None:
    """Add them to the commands of the service."""
    for command in (in_doubt_of, campaigns_of, suppressions_of, person_of):
        cli.add_command(command(service))
    cli.add_command(preview)
    cli.add_command(vapid)
