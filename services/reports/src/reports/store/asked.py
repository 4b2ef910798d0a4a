"""Reports that somebody asked for: what they wanted, and what became of it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from contracts.reports import MakeReport
from mesh import Tx

_KEPT = "30 days"
"""As revoked ones, and as files are by default."""


class Asked(NamedTuple):
    """One of them."""

    report_id: UUID
    said: dict[str, object]
    customers: int
    """Whose statements it has; 0 of other kinds."""
    asked_at: datetime
    made_at: datetime | None
    broken_part: str | None
    """Of what failed last, and is not tried again by itself. None: nothing."""
    revoked: bool

    @property
    def wanted(self) -> MakeReport:
        return MakeReport.read(self.said)


_FORGET = f"DELETE FROM asked_reports WHERE asked_at < now() - interval '{_KEPT}'"
_ASK = """
    INSERT INTO asked_reports (report_id, wanted) VALUES (%s, %s)
    ON CONFLICT (report_id) DO NOTHING RETURNING report_id
"""
_READ = """
    SELECT report_id, wanted AS said, asked_at, made_at, broken_part,
        (SELECT coalesce(max(number), 0) FROM statements AS its WHERE its.report_id = asked_reports.report_id)
            AS customers,
        revoked_reports.at IS NOT NULL AS revoked
    FROM asked_reports LEFT JOIN revoked_reports USING (report_id)
"""
_MADE = """
    UPDATE asked_reports SET made_at = coalesce(made_at, now()), broken_part = NULL
    WHERE report_id = %s
"""
_BROKEN = """
    UPDATE asked_reports SET broken_part = %s WHERE report_id = %s AND made_at IS NULL
"""


def ask(tx: Tx, wanted: MakeReport) -> bool:
    """Remember it, for longer than it can be under way. Returns whether it is new."""
    tx.execute(_FORGET)
    row = tx.execute(_ASK, (wanted.report_id, Jsonb(wanted.model_dump(mode="json")))).fetchone()
    return row is not None


def find(tx: Tx, report_id: UUID) -> Asked | None:
    with tx.cursor(row_factory=class_row(Asked)) as cursor:
        return cursor.execute(f"{_READ} WHERE report_id = %s", (report_id,)).fetchone()


def latest(tx: Tx, limit: int, *, broken: bool) -> list[Asked]:
    """The latest first; `broken`: of those that do not go on by themselves."""
    where = "WHERE broken_part IS NOT NULL AND revoked_reports.at IS NULL" if broken else ""
    with tx.cursor(row_factory=class_row(Asked)) as cursor:
        return cursor.execute(f"{_READ} {where} ORDER BY asked_at DESC LIMIT %s", (limit,)).fetchall()


def note_made(tx: Tx, report_id: UUID) -> None:
    """It is."""
    tx.execute(_MADE, (report_id,))


def note_broken(tx: Tx, report_id: UUID, part: str) -> None:
    """Nothing follows by itself, until somebody has repaired that part."""
    tx.execute(_BROKEN, (part, report_id))
