"""The SQL of push subscriptions.

The latest word about a browser holds, in whatever order and however often the words come: a row keeps the
time of the latest of each kind, and of the browser no more than its hash once it is removed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from emails.push.subscription import Subscription
from mesh import Tx

MOST = 20
"""Browsers of a person at one account's pages. Who subscribes one more loses the oldest."""

_ADD = """
    INSERT INTO push_subscriptions AS old (account, browser, id, email, endpoint, p256dh, auth, added_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account, browser) DO UPDATE SET
        id = excluded.id, email = excluded.email, endpoint = excluded.endpoint,
        p256dh = excluded.p256dh, auth = excluded.auth, added_at = excluded.added_at
    WHERE excluded.added_at > old.removed_at
      -- Of two at the same moment one holds, whichever comes first.
      AND (excluded.added_at, excluded.email, excluded.p256dh, excluded.auth)
          > (old.added_at, old.email, old.p256dh, old.auth)
"""
_NOTHING = """
    id = NULL, email = NULL, endpoint = NULL, p256dh = NULL, auth = NULL, added_at = '-infinity'
"""
_CROWD_OUT = f"""
    UPDATE push_subscriptions SET removed_at = added_at, {_NOTHING}
    WHERE id IN (
        SELECT id FROM push_subscriptions WHERE account = %s AND email = %s
        ORDER BY added_at DESC, id DESC OFFSET %s FOR UPDATE SKIP LOCKED
    )
"""
_NOTE_REMOVAL = """
    INSERT INTO push_subscriptions AS old (account, browser, removed_at) VALUES (%s, %s, %s)
    ON CONFLICT (account, browser) DO UPDATE SET removed_at = greatest(old.removed_at, excluded.removed_at)
"""
_FORGET = f"""
    UPDATE push_subscriptions SET {_NOTHING}
    WHERE account = %s AND browser = %s AND added_at <= removed_at
"""
_OF_PERSON = """
    SELECT id FROM push_subscriptions WHERE account = %s AND email = %s ORDER BY added_at, id
"""
_KNOWN = "SELECT account, endpoint, added_at FROM push_subscriptions WHERE email = %s ORDER BY added_at"
_FORGET_PERSON = f"UPDATE push_subscriptions SET removed_at = added_at, {_NOTHING} WHERE email = %s"
_FIND = """
    SELECT id, account, email, endpoint, p256dh, auth, added_at FROM push_subscriptions WHERE id = %s
"""


def add(tx: Tx, new: Subscription) -> None:
    """Unless something later was said of that browser. One that another person had becomes this one's."""
    keys = (new.endpoint, new.p256dh, new.auth)
    tx.execute(_ADD, (new.account, new.browser, new.id, new.email, *keys, new.added_at))
    tx.execute(_CROWD_OUT, (new.account, new.email, MOST))


def remove(tx: Tx, account: str, browser: bytes, at: datetime) -> None:
    """What was added later stays."""
    tx.execute(_NOTE_REMOVAL, (account, browser, at))
    tx.execute(_FORGET, (account, browser))


def of_person(tx: Tx, account: str, email: str) -> list[UUID]:
    """The ids of a person's subscriptions, the oldest first."""
    return [id for (id,) in tx.execute(_OF_PERSON, (account, email.lower()))]


def find(tx: Tx, id: UUID) -> Subscription | None:
    """None: it was removed meanwhile, or is another person's now."""
    with tx.cursor(row_factory=class_row(Subscription)) as cursor:
        return cursor.execute(_FIND, (id,)).fetchone()


def known(tx: Tx, email: str) -> list[dict[str, Any]]:
    """A person's, for them to read."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_KNOWN, (email.lower(),)).fetchall()


def forget(tx: Tx, email: str) -> None:
    """Remove all that are a person's, at all accounts."""
    tx.execute(_FORGET_PERSON, (email.lower(),))
