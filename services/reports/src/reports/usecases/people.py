"""What is known of a person, and how they are forgotten."""

from typing import Any, NamedTuple
from uuid import UUID

from mesh import Tx, naming
from reports.store import people


class Erased(NamedTuple):
    """What became of it."""

    accounts: int
    """Whose customer they were."""
    schedules: list[UUID]
    """That have something made of them, or sent to them: left, since somebody set them up."""


def known(email: str, tx: Tx) -> dict[str, Any]:
    """All that this service has of a person, for them to read."""
    kept = [each._asdict() for each in naming.naming(tx, email)]
    return {"email": email, **people.known(tx, email), "messages": kept}


def erase(email: str, tx: Tx) -> Erased:
    """Forget a person. Figures stay as they are."""
    naming.forget(tx, naming.naming(tx, email))
    return Erased(people.erase(tx, email), people.schedules(tx, email))
