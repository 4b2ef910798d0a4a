"""The mails, in SQLite: written as they come, read into their parts only when somebody looks at them."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from embedded.catcher.mail import Mail
from embedded.catcher.query import ALL, Condition

# `raw` is last: SQLite then finds the other columns without reading through it.
SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received REAL NOT NULL,    -- Unix time, seconds
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,  -- of the envelope, one per line
    read INTEGER NOT NULL DEFAULT 0,
    summary TEXT,              -- JSON, from here on NULL until somebody looks
    words TEXT,                -- what a search for plain words sees, casefolded
    raw BLOB NOT NULL
);
-- Counting and looking for a recipient read this instead of the mails.
CREATE INDEX IF NOT EXISTS envelopes ON mails (read, recipients);
"""

INSERT = "INSERT INTO mails (received, sender, recipients, raw) VALUES (?, ?, ?, ?)"

UPDATE = "UPDATE mails SET summary = ?, words = ? WHERE id = ?"

PARSED_AT_ONCE = 20  # a few milliseconds during which no mail is taken in


class Mailbox:
    """All mails. Belongs to one event loop; nobody else writes to its file."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # What a power cut would cost here is nobody's mail; without syncing, a commit takes 20 us.
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {SCHEMA}")
        self._waiting: list[tuple[object, ...]] = []
        self._written: asyncio.Future[None] | None = None

    def close(self) -> None:
        """Write what is still waiting."""
        self._write()
        self._db.close()

    def add(self, sender: str, recipients: Sequence[str], raw: bytes) -> "asyncio.Future[None]":
        """Keep a mail. Done once it is written, together with all that came in the same turn of the loop."""
        self._waiting.append((time.time(), sender, "\n".join(recipients), raw))
        if self._written is None:
            loop = asyncio.get_running_loop()
            self._written = loop.create_future()
            loop.call_soon(self._write)
        return self._written

    def _write(self) -> None:
        rows, self._waiting = self._waiting, []
        written, self._written = self._written, None
        try:
            self._transact(INSERT, rows)
        except sqlite3.Error as error:
            if written:
                written.set_exception(error)
        else:
            if written:
                written.set_result(None)

    def _transact(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self._db:  # commits, or rolls back
            self._db.execute("BEGIN")
            self._db.executemany(statement, rows)

    def count(self, *conditions: Condition) -> int:
        """How many mails fulfil all conditions."""
        where, values = _where(conditions)
        return int(self._db.execute(f"SELECT count(*) FROM mails WHERE {where}", values).fetchone()[0])

    async def summaries(self, start: int, limit: int, *conditions: Condition) -> list[dict[str, Any]]:
        """The newest that fulfil all conditions, newest first."""
        where, values = _where(conditions)
        page = f"SELECT id FROM mails WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"
        ids = [key for (key,) in self._db.execute(page, [*values, limit, start])]
        these = _among(ids)
        await self.parse(these)
        found = f"SELECT summary, read FROM mails WHERE {these.sql} ORDER BY id DESC"
        rows = self._db.execute(found, these.values)
        return [json.loads(summary) | {"Read": bool(read)} for summary, read in rows]

    async def parse(self, *conditions: Condition) -> None:
        """Read those that fulfil all conditions into their parts, where that is not done yet."""
        where, values = _where([*conditions, Condition("summary IS NULL")])
        some = f"SELECT {Mail.COLUMNS} FROM mails WHERE {where} LIMIT {PARSED_AT_ONCE}"
        while rows := self._db.execute(some, values).fetchall():
            mails = [Mail(*row) for row in rows]
            self._transact(UPDATE, [(json.dumps(mail.summary()), mail.words(), mail.id) for mail in mails])
            await asyncio.sleep(0)

    def get(self, key: str) -> Mail | None:
        """The mail of that id, or the newest for `latest`."""
        which = ("ORDER BY id DESC LIMIT 1", ()) if key == "latest" else ("WHERE id = ?", (key,))
        row = self._db.execute(f"SELECT {Mail.COLUMNS} FROM mails {which[0]}", which[1]).fetchone()
        return Mail(*row) if row else None

    def mark(self, ids: Sequence[int], *, read: bool) -> None:
        """Mark these, or all where none are named, as read or unread."""
        condition = _among(ids) if ids else ALL
        self._db.execute(f"UPDATE mails SET read = ? WHERE {condition.sql}", [read, *condition.values])

    def delete(self, ids: Sequence[int]) -> None:
        """Delete these, or all where none are named."""
        condition = _among(ids) if ids else ALL
        self._db.execute(f"DELETE FROM mails WHERE {condition.sql}", condition.values)


def _among(ids: Iterable[int]) -> Condition:
    # As one value: SQLite takes a limited number of them.
    return Condition("id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))])


def _where(conditions: Iterable[Condition]) -> tuple[str, list[object]]:
    given = list(conditions)
    values = [value for condition in given for value in condition.values]
    return " AND ".join(condition.sql for condition in given) or ALL.sql, values
