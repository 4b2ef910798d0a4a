"""The ledger: what came of the orders, as it is seen from outside, and what was left over."""

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from mesh import broker, topology
from rolling.load import Accepted

_TOTAL = re.compile(r"Total: €([\d,]+)\.(\d\d)")
_NOTE = re.compile(r"Note: (.*)")
_NUMBER = re.compile(r"order-(\d+)@")


class Mail(NamedTuple):
    """One, as the mail server took it."""

    id: str
    """Its Message-ID before the @: the id of the message that asked for it."""
    order: str
    kind: str
    received: float
    total: int | None
    note: str | None


class Mailbox:
    """The catcher's, read as it grows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last = 0
        self.mails: list[Mail] = []

    def read(self) -> None:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT id, received, raw FROM mails WHERE id > ? ORDER BY id", (self._last,)
            ).fetchall()
        for self._last, received, raw in rows:
            self.mails.append(_mail(received, message_from_bytes(raw)))


@dataclass(frozen=True)
class Ledger:
    """At one moment."""

    accepted: Sequence[Accepted]
    stored: dict[str, int]
    """The number of each order that there is: also of one whose API died before it answered."""
    mails: Sequence[Mail]
    timeline: Counter[tuple[str, str]]
    """How often it says what of an order."""
    sales: tuple[int, int]
    """Orders and revenue."""
    repeated: frozenset[str] = frozenset()
    """Mails of which their service knows that they may have gone out more than once."""
    dead: tuple["Dead", ...] = ()
    waiting: int = 0
    """In outboxes."""
    unrouted: int = 0
    """What no queue was bound for."""


class Dead(NamedTuple):
    """A dead letter."""

    id: str
    name: str
    reason: str
    orders: tuple[str, ...]


class Books:
    """Where the ledger is read."""

    def __init__(self, databases: dict[str, str], broker: str, mailbox: Mailbox) -> None:
        self._databases = databases
        self._broker = broker
        self._mailbox = mailbox

    def read(self, accepted: Sequence[Accepted]) -> Ledger:
        self._mailbox.read()
        with psycopg.connect(self._databases["orders"]) as orders:
            stored = {str(id): _number(email) for id, email in orders.execute("SELECT id, email FROM orders")}
            entries = orders.execute("SELECT order_id, what FROM timeline").fetchall()
        with psycopg.connect(self._databases["reports"]) as reports:
            [(count, revenue)] = reports.execute(self._sums())
        sales = int(count), int(revenue)
        timeline = Counter((str(id), what) for id, what in entries)
        return Ledger(accepted, stored, [*self._mailbox.mails], timeline, sales, **self._of_the_mesh())

    def _sums(self) -> str:
        """Plain Celery's reports keep one row."""
        column, table = ("amount", "days") if "emails" in self._databases else ("revenue", "sales")
        return f"SELECT coalesce(sum(orders), 0), coalesce(sum({column}), 0) FROM {table}"

    def _of_the_mesh(self) -> dict[str, Any]:
        """What services say of themselves; plain Celery's say nothing."""
        if "emails" not in self._databases:
            return {}
        with psycopg.connect(self._databases["emails"]) as emails:
            repeated = frozenset(str(id) for (id,) in emails.execute("SELECT id FROM mails WHERE tries > 1"))
        dead: list[Dead] = []
        waiting = 0
        for url in self._databases.values():
            with psycopg.connect(url) as connection:
                dead += [_dead(*row) for row in connection.execute(_DEAD)]
                [(rows,)] = connection.execute(_WAITING)
                waiting += rows
        unrouted = messages_in(self._broker, topology.UNROUTED)
        return {"repeated": repeated, "dead": tuple(dead), "waiting": waiting, "unrouted": unrouted}


def messages_in(broker_url: str, queue: str) -> int:
    """How many there are, on a broker of either kind."""
    with broker.connection(broker_url) as connection:
        try:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)
        except (*connection.channel_errors,):
            return 0


# An order that nobody pays may expire in half an hour.
_WAITING = "SELECT count(*) FROM outbox WHERE name <> 'orders.expire_order'"
_DEAD = "SELECT id, name, reason, convert_from(body, 'utf8')::json -> 'data' FROM dead_letters"


def _dead(id: Any, name: str, reason: str, data: dict[str, Any] | None) -> Dead:
    data = data or {}
    one = [data["order_id"]] if "order_id" in data else []
    return Dead(str(id), name, reason, tuple(data.get("order_ids", one)))


def _number(email: str) -> int:
    found = _NUMBER.match(email)
    assert found, email
    return int(found[1])


def _mail(received: float, mail: Message) -> Mail:
    text = _text(mail)
    total, note = _TOTAL.search(text), _NOTE.search(text)
    return Mail(
        id=mail["Message-ID"].strip("<>").partition("@")[0],
        order=mail["X-Order-Id"],
        kind="receipt" if mail["Subject"].startswith("Your order") else "note",
        received=received,
        total=int((total[1] + total[2]).replace(",", "")) if total else None,
        note=note[1].strip() if note else None,
    )


def _text(mail: Message) -> str:
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    return bytes(plain.get_payload(decode=True)).decode()
