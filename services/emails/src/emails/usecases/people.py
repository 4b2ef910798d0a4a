"""What people want, what is known of a person, and how it is forgotten."""

from datetime import UTC, datetime

from contracts.emails import RecipientSuppressed, SetPreference
from emails.store import people
from mesh import Tx, outbox


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
