"""What people want, what is known of a person, and how it is forgotten."""

import json
from datetime import UTC, datetime
from typing import Any

from contracts import Envelope, contract_of
from contracts.emails import RecipientSuppressed, SendBulk, SendBulkMail, SetPreference
from emails import asked
from emails.store import people, subscriptions
from emails.usecases import outcomes
from mesh import Tx, naming, outbox
from mesh.naming import Kept


def set_preference(said: SetPreference, tx: Tx) -> None:
    """A person wants to be told of something, or not; the latest word holds."""
    people.say(tx, said)


def suppress(tx: Tx, email: str, why: str) -> bool:
    """An operator knows that there is no such mailbox. Returns whether it was news."""
    now = datetime.now(UTC)
    if not people.suppress(tx, email, why, now):
        return False
    outbox.put(tx, RecipientSuppressed(email=email, suppressed_at=now, mail_id=None))
    return True


def known(email: str, tx: Tx) -> dict[str, Any]:
    """All that this service has of a person, for them to read."""
    kept = [each._asdict() for each in naming.naming(tx, email)]
    pushed_to = subscriptions.known(tx, email)
    return {"email": email, **people.known(tx, email), "push_subscriptions": pushed_to, "messages": kept}


def erase(email: str, tx: Tx) -> list[Kept]:
    """Forget a person; that they want no mails, or have no mailbox, is remembered without their address.

    Returns the messages that name others too, and so are left.
    """
    people.forget(tx, email)
    subscriptions.forget(tx, email)
    found = naming.naming(tx, email)
    shared = [each for each in found if each.name == contract_of(SendBulk).name]
    own = [each for each in found if each not in shared]
    naming.forget(tx, own)
    for each in own:
        _not_sent(each, tx)
    return shared


def _not_sent(kept: Kept, tx: Tx) -> None:
    """Whoever waits for a campaign's end does not wait for what will not come. Dead letters are counted."""
    if kept.place == "outbox" and kept.name == contract_of(SendBulkMail).name:
        envelope = Envelope.read(json.loads(kept.document))
        outcomes.forgotten(asked.letter(envelope.open(), envelope.id), tx)
