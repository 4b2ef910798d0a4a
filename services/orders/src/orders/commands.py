"""`orders keys`: make, list and revoke what opens the API. `orders link-key`: what opens links in mails."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from contracts import Refused
from mesh import Service
from mesh.cli import begun
from orders import keys
from orders.keys import Key, Scope
from orders.store import keys as stored


def keys_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""

    @click.group(name="keys", help="Keys that open the API.")
    def group() -> None: ...

    @group.command()
    @click.argument("account")
    @click.option("--name", default="", help="For people: what the key is for.")
    @click.option(
        "--scope", "scopes", multiple=True, type=click.Choice([*map(str, Scope)]), help="Default: all."
    )
    @click.option(
        "--days", type=click.IntRange(min=1), help="How long it opens. Default: until it is revoked."
    )
    def create(account: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
        """Make a key for an account. It is shown this once."""
        now = datetime.now(UTC)
        try:
            key, token = keys.make(
                account, name, map(Scope, scopes or Scope), now, now + timedelta(days=days) if days else None
            )
        except ValueError as error:
            raise Refused(str(error)) from None
        with begun(service) as tx:
            stored.add(tx, key)
        click.echo(token)

    @group.command(name="list")
    def show() -> None:
        """All keys, by account; never their secrets."""
        with begun(service) as tx:
            found = stored.all(tx)
        now = datetime.now(UTC)
        for key in found:
            scopes = ",".join(sorted(key.scopes))
            click.echo(f"{key.id}  {key.account:20} {_state(key, now):22} {scopes:26} {key.name}".rstrip())

    @group.command()
    @click.argument("id")
    def revoke(id: str) -> None:
        """Have a key open nothing any more. An API notices within five seconds."""
        with begun(service) as tx:
            key = stored.revoke(tx, id, datetime.now(UTC))
        if key is None:
            raise Refused(f"there is no key {id}: `orders keys list` shows all")
        click.echo(f"{key.id} of {key.account} {_state(key, datetime.now(UTC))}")

    return group


@click.command(name="link-key")
def link_key() -> None:
    """Print a new key for LINK_KEYS: put it before those that are there."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key())


def _state(key: Key, now: datetime) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at:
        return f"{'expired' if key.expires_at <= now else 'expires'} {key.expires_at:%Y-%m-%d}"
    return "opens"
