"""`emails vapid`: make the key pair with which pushes are signed."""

import click

from emails.push import keys


@click.command()
def vapid() -> None:
    """Print a new key pair for web push: one half for emails, the other for the orders API.

    Browsers that subscribed with another key have to subscribe again.
    """
    private, public = keys.pair()
    click.echo(f"VAPID_KEY={private}")
    click.echo(f"VAPID_PUBLIC_KEY={public}")
    click.echo("the first is for emails, and for nobody else to see; the second for the orders API", err=True)
