"""What reports has beside the commands of every service."""

from typing import Any

import click

from mesh import Service
from reports.commands.chores import chores_of
from reports.commands.figures import rebuild_of, sales_of
from reports.commands.operations import operations_of
from reports.commands.orders import orders_of
from reports.commands.person import person_of
from reports.commands.preview import preview
from reports.commands.rates import rates_of
from reports.commands.reconcile import reconcile_of
from reports.commands.report import report_of
from reports.commands.schedule import schedule_of


def add(cli: click.Group, service: Service[Any]) -> None:
    """Add them to the commands of the service."""
    for command in (
        sales_of,
        operations_of,
        rebuild_of,
        rates_of,
        orders_of,
        reconcile_of,
        report_of,
        schedule_of,
        chores_of,
        person_of,
    ):
        cli.add_command(command(service))
    cli.add_command(preview)
