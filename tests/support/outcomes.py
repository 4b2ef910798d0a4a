"""What became of messages, as their service's database tells."""

from typing import Any

from mesh import deadletters


def dead(tx: Any) -> list[tuple[str, str]]:
    """Reason and error of each dead letter, oldest first."""
    return [(d.reason, d.error) for d in deadletters.listed(tx)]


def due(tx: Any) -> list[tuple[str, int]]:
    """Messages that wait in the outbox for another try: queue, and attempts they had."""
    return tx.execute("SELECT queue, retries FROM outbox WHERE queue IS NOT NULL").fetchall()
