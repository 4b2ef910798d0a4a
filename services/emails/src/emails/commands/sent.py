"""`emails in-doubt` and `emails campaigns`: what became of mails."""

from collections import Counter
from typing import Any

import click

from emails.store import campaigns, mails
from mesh import Service
from mesh.cli import begun

_SETTLED = "left as it is: `emails dead-letters replay ID` sends it once more, `discard` leaves it at that"


def in_doubt_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command(name="in-doubt")
    @click.option("--days", default=7, show_default=True, type=click.IntRange(min=1))
    def show(days: int) -> None:
        """Mails that a worker may have sent before it died: how many, and what was done."""
        with begun(service) as tx:
            found = mails.in_doubt(tx, days)
        for (kind, left), count in sorted(Counter((d.kind, d.state == "in_doubt") for d in found).items()):
            click.echo(f"{count:6}  {kind:14} {'left as they are' if left else 'sent again'}")
        for doubt in found:
            told = _SETTLED if doubt.state == "in_doubt" else f"sent again, {doubt.doubts} time(s) in doubt"
            click.echo(f"{doubt.intended_at:%Y-%m-%d %H:%M:%S}  {doubt.id}  {doubt.kind:14} {told}")

    return show


def campaigns_of(service: Service[Any]) -> click.Command:
    """The command, for this service's database."""

    @click.command(name="campaigns")
    def show() -> None:
        """How far each campaign has come."""
        with begun(service) as tx:
            found = campaigns.listed(tx)
        for each in found:
            state = f"ended {each.ended_at:%Y-%m-%d %H:%M}" if each.ended_at else f"{each.remaining} to go"
            click.echo(
                f"{each.id}  {each.kind:14} {state}: {each.sent} sent, {each.failed} failed, "
                f"{each.unwanted} unwanted"
            )

    return show
