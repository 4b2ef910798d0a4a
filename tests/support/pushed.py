"""The emails service that pushes, told one thing after the other."""

from typing import Any

from contracts.emails import DeliverPush, Recipient, SendPush
from emails.push import keys
from emails.tasks import consumer
from emails.wiring import Deps
from mesh import Database, deadletters, testing
from mesh.database import Tx
from mesh.testing import sent

ADA = Recipient(email="ada@example.com", name="Ada Lovelace", locale="en")
PRIVATE, PUBLIC = keys.pair()
SETTINGS = {
    "broker_url": "streams+redis://unused",
    "smtp_url": "smtp://127.0.0.1:1",
    "mail_from": "Meshwork <orders@meshwork.example>",
    "public_url": "https://api.meshwork.example",
    "link_keys": ("bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",),
    "vapid_key": PRIVATE,
    "push_hosts": ("http://127.0.0.1:*", "fcm.googleapis.com"),
}


class Pushes:
    """The service, told one thing after the other."""

    def __init__(self, database: Database, deps: Deps, tx: Tx) -> None:
        self._database = database
        self.deps = deps
        self.tx = tx

    def deliver(self, *messages: Any) -> None:
        testing.deliver(consumer, self._database, self.deps, *messages)

    def send(self, **changes: Any) -> list[DeliverPush]:
        """A push, as far as commands for each browser."""
        before = len(sent(self.tx, DeliverPush))
        self.deliver(push(**changes))
        return sent(self.tx, DeliverPush)[before:]

    def push(self, **changes: Any) -> None:
        """All the way."""
        for command in self.send(**changes):
            self.deliver(command)

    def waiting(self) -> list[tuple[int, float]]:
        """What waits for another try: how many it had, and seconds until then."""
        rows = self.tx.execute("""
            SELECT retries, extract(epoch FROM due_at - now())::float FROM outbox WHERE queue = 'emails.v1'
        """)
        return rows.fetchall()

    def dead(self) -> list[tuple[str, str]]:
        return [(letter.reason, letter.error) for letter in deadletters.listed(self.tx)]


def push(**changes: Any) -> SendPush:
    said = {"account": "shop", "recipient": ADA, "kind": "shipping", "title": "Your order is on its way"}
    more = {"body": "With DHL.", "url": "https://shop.example/orders/1", "tag": "order-1"}
    return SendPush(**said | more | {"ttl": 3600, "urgency": "normal"} | changes)
