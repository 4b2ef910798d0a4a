"""Messages that a service keeps and that name a person: those that wait to be sent, and the dead letters.

What lies on the broker cannot be looked through; it is handled within moments.
"""

import json
from typing import Any, Literal, NamedTuple
from uuid import UUID

from mesh.database import Tx

_FIND = """
    SELECT 'outbox' AS place, message_id AS id, name, envelope::text AS document FROM outbox
    WHERE position(lower(%(text)s) IN lower(envelope::text)) > 0
    UNION ALL
    SELECT 'dead letters', id, name, encode(body, 'escape') FROM dead_letters
    WHERE position(lower(encode(convert_to(%(text)s, 'UTF8'), 'escape')) IN lower(encode(body, 'escape'))) > 0
"""
_FORGET = {
    "outbox": "DELETE FROM outbox WHERE message_id = ANY(%s)",
    "dead letters": "DELETE FROM dead_letters WHERE id = ANY(%s)",
}


class Kept(NamedTuple):
    """One of them."""

    place: Literal["outbox", "dead letters"]
    id: UUID
    name: str | None
    document: str
    """The message; of a dead letter that is no text, what stands for its bytes."""


def naming(tx: Tx, text: str) -> list[Kept]:
    """Those in which this text is a value, whatever its capitals: no part of another one. Reads all that is
    kept."""
    value = json.dumps(text.strip(), ensure_ascii=False)
    return list(map(Kept._make, tx.execute(_FIND, {"text": value})))


def forget(tx: Tx, kept: list[Kept]) -> None:
    """Do not send these, and keep them no more."""
    for place, statement in _FORGET.items():
        ids: list[Any] = [each.id for each in kept if each.place == place]
        tx.execute(statement, (ids,))
