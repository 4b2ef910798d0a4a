"""Reports that nobody wants any more."""

from uuid import UUID

from mesh import Tx

_REVOKE = "INSERT INTO revoked_reports (report_id) VALUES (%s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM revoked_reports WHERE at < now() - interval '30 days'"
_REVOKED = "SELECT FROM revoked_reports WHERE report_id = %s"


def revoke(tx: Tx, report_id: UUID) -> None:
    """Remember that a report is not wanted, for longer than what asks for it can be under way."""
    tx.execute(_FORGET)
    tx.execute(_REVOKE, (report_id,))


def is_revoked(tx: Tx, report_id: UUID) -> bool:
    return tx.execute(_REVOKED, (report_id,)).fetchone() is not None
