"""Answers that were given, for a client who asks the same again: its network failed it, not we."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from mesh import AsyncTx, bulk
from orders.domain import Refused

KEPT = "24 hours"

_LOCK = """
    SELECT account, key, pg_try_advisory_xact_lock(hashtextextended(account || ' ' || key, 0))
    FROM unnest(%b::text[], %b::text[]) AS wanted (account, key)
"""
_FIND = f"""
    SELECT account, key, fingerprint, status, headers, body FROM answers
    JOIN unnest(%b::text[], %b::text[]) AS wanted (account, key) USING (account, key)
    WHERE at > now() - interval '{KEPT}'
"""
_KEEP = """
    INSERT INTO answers (account, key, fingerprint, status, headers, body)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::bytea[], %b::int[], %b::jsonb[], %b::text[])
    ON CONFLICT (account, key) DO UPDATE SET
        fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
        body = excluded.body, at = now()
"""
FORGET = f"""
    WITH gone AS (
        DELETE FROM answers WHERE (account, key) IN (
            SELECT account, key FROM answers WHERE at < now() - interval '{KEPT}'
            ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
        ) RETURNING 1
    ) SELECT count(*) FROM gone
"""
"""Those whose time is over; see `forgetting`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A client's key for a request that it may send again."""

    account: str
    key: str
    fingerprint: bytes
    """Of what was asked for: method, path and document."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a client."""

    status: int
    body: str
    headers: Mapping[str, str]
    again: bool = False
    """Whether it was given before."""


class InWork(Refused):
    """The same was asked for a moment ago, and is not done yet."""


class OtherRequest(Refused):
    """This key was used for something else."""


async def prior(tx: AsyncTx, claims: Collection[Claim]) -> dict[Claim, Answer | Refused]:
    """What was answered to these before. Until this transaction ends nobody else gets through with them.

    InWork for one that somebody else is at, and OtherRequest for a key that was used for something else.
    """
    if not claims:
        return {}
    keys = bulk.columns([(claim.account, claim.key) for claim in claims])
    locking = await tx.execute(_LOCK, keys)
    finding = await tx.execute(_FIND, keys)  # a statement of its own: it has to see what the lock waited for
    locked = {row[:2]: row[2] for row in await locking.fetchall()}
    found = {row[:2]: row[2:] for row in await finding.fetchall()}
    told: dict[Claim, Answer | Refused] = {}
    for claim in claims:
        key = claim.account, claim.key
        if key in found:
            told[claim] = _given(claim, *found[key])
        elif not locked[key]:
            told[claim] = InWork("The request with this key is being worked on.")
    return told


async def keep(tx: AsyncTx, given: Mapping[Claim, Answer]) -> None:
    """For 24 hours, if the transaction commits."""
    if given:
        await tx.execute(_KEEP, bulk.columns([_row(claim, answer) for claim, answer in given.items()]))


def _given(
    claim: Claim, fingerprint: bytes, status: int, headers: dict[str, str], body: str
) -> Answer | OtherRequest:
    if fingerprint != claim.fingerprint:
        return OtherRequest("This key was used for another request.")
    return Answer(status, body, headers, again=True)


def _row(claim: Claim, answer: Answer) -> tuple[Any, ...]:
    headers = Jsonb(dict(answer.headers))
    return claim.account, claim.key, claim.fingerprint, answer.status, headers, answer.body
