"""What people want, and whose mailbox does not exist. Known by a digest, so that it holds when their address
is forgotten: who wanted no more mails still wants none."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from contracts.emails import SetPreference
from emails.domain import ALWAYS, MARKETING, TRANSACTIONAL, Letter, Unsent, person
from mesh import Tx

_STANDING = """
    SELECT EXISTS (SELECT FROM suppressions WHERE person = %(person)s),
           (SELECT intended_at FROM mails WHERE id = %(id)s AND state NOT IN ('failed', 'in_doubt')),
           ARRAY (SELECT kind || CASE WHEN wanted THEN '' ELSE '!' END FROM preferences
                  WHERE person = %(person)s AND account = %(account)s AND channel = 'email')
"""
_SAID = """
    INSERT INTO preferences (account, person, kind, channel, email, wanted, said_at)
    VALUES (%(account)s, %(person)s, %(kind)s, %(channel)s, %(email)s, %(wanted)s, %(said_at)s)
    ON CONFLICT (account, person, kind, channel) DO UPDATE SET
        wanted = excluded.wanted, email = excluded.email, said_at = excluded.said_at
    WHERE preferences.said_at <= excluded.said_at
"""
_WANTS = """
    SELECT kind, wanted FROM preferences
    WHERE account = %s AND person = %s AND channel = %s AND kind = ANY(%s)
"""
_SUPPRESS = """
    INSERT INTO suppressions (person, email, why, since) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
    RETURNING true
"""
_RELEASE = "DELETE FROM suppressions WHERE person = %s RETURNING true"
_SUPPRESSED = "SELECT email, why, since FROM suppressions ORDER BY since"

_KNOWN = {
    "mails": """
        SELECT id, kind, order_id, report_id, campaign_id, subject, state, intended_at, sent_at FROM mails
        WHERE lower(to_address) = lower(%(email)s) ORDER BY intended_at
    """,
    "preferences": """
        SELECT account, kind, channel, wanted, said_at FROM preferences WHERE person = %(person)s
    """,
    "suppressions": "SELECT why, since FROM suppressions WHERE person = %(person)s",
}
_FORGET = (
    "UPDATE mails SET to_address = '', subject = '' WHERE lower(to_address) = lower(%(email)s)",
    "UPDATE preferences SET email = NULL WHERE person = %(person)s",
    "UPDATE suppressions SET email = NULL WHERE person = %(person)s",
)


class Suppression(NamedTuple):
    """An address that nothing is sent to."""

    email: str | None
    """None: it was forgotten at its owner's wish."""
    why: str
    since: datetime


def standing(tx: Tx, letter: Letter) -> tuple[Unsent | None, datetime | None]:
    """Why a letter is not sent (None: it is), and since when it is tried. None: from now on."""
    who = person(letter.to_address)
    given = {"id": letter.id, "person": who, "account": letter.account or ""}
    suppressed, since, said = tx.execute(_STANDING, given).fetchone() or (False, None, [])
    if suppressed:
        return "suppressed", since
    return "unwanted" if said and not _wanted(letter.kind, said) else None, since


def wants(tx: Tx, account: str | None, email: str, kind: str, channel: str) -> bool:
    """Whether this person wants to hear of that, on that channel."""
    rows = tx.execute(_WANTS, (account or "", person(email), channel, [kind, MARKETING]))
    return _wanted(kind, [said if wanted else f"{said}!" for said, wanted in rows])


def _wanted(kind: str, said: list[str]) -> bool:
    """Of what they said, a `!` behind what they decline: of this very kind, else of marketing as a whole."""
    if kind in ALWAYS or kind in said:
        return True
    return f"{kind}!" not in said and (kind in TRANSACTIONAL or f"{MARKETING}!" not in said)


def say(tx: Tx, said: SetPreference) -> None:
    """Keep what a person wants, unless they have changed their mind since."""
    tx.execute(_SAID, said.model_dump() | {"account": said.account or "", "person": person(said.email)})


def suppress(tx: Tx, email: str, why: str, at: datetime) -> bool:
    """Send nothing more to an address. Returns whether anything was sent there before."""
    return _changed(tx, _SUPPRESS, person(email), email, why, at)


def release(tx: Tx, email: str) -> bool:
    """The mailbox is there after all. Returns whether it was suppressed."""
    return _changed(tx, _RELEASE, person(email))


def _changed(tx: Tx, sql: str, *values: object) -> bool:
    # A row is waited for; a count is -1 while statements travel together and the reply is still on its way.
    return tx.execute(sql, values).fetchone() is not None


def suppressed(tx: Tx) -> Iterator[Suppression]:
    """All of them, oldest first."""
    return map(Suppression._make, tx.execute(_SUPPRESSED))


def known(tx: Tx, email: str) -> dict[str, list[dict[str, Any]]]:
    """All that these tables have of a person."""
    given = {"person": person(email), "email": email}
    with tx.cursor(row_factory=dict_row) as cursor:
        return {name: cursor.execute(sql, given).fetchall() for name, sql in _KNOWN.items()}


def forget(tx: Tx, email: str) -> None:
    """Keep no more than that somebody is not to be written to."""
    given = {"person": person(email), "email": email}
    for statement in _FORGET:
        tx.execute(statement, given)
