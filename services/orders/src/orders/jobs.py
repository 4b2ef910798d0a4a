"""Jobs: what takes longer than a request, done in parts: by our own workers, or by another service."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.files import File
from orders.domain import Refused


class JobKind(StrEnum):
    """What is to be done."""

    IMPORT = "import"
    REPORT = "report"


class JobState(StrEnum):
    """As Celery calls them."""

    PENDING = "PENDING"
    STARTED = "STARTED"
    """The broker has it, or a worker."""
    PROGRESS = "PROGRESS"
    """Some of its parts are done."""
    RETRY = "RETRY"
    """It failed, and waits to be tried again."""
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    """It failed too often, and waits for an operator."""
    REVOKED = "REVOKED"


ENDED = frozenset({JobState.SUCCESS, JobState.REVOKED})
"""Nothing becomes of these any more; of a failure something may, when it is repaired."""


class Ended(Refused):
    """It is too late to call it off."""

    def __init__(self, state: JobState) -> None:
        super().__init__(f"The job has ended: {state}.")
        self.state = state


class NotMade(Refused):
    """There is no file, or not yet."""

    def __init__(self, state: JobState) -> None:
        super().__init__(f"There is no file: the report's job is {state}.")
        self.state = state


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    name: str | None
    """What a report's is; None: its number says it all."""
    state: JobState
    total: int
    """Orders of an import; 1 of a report."""
    failed: int
    """Of those, once it is done."""


@dataclass(frozen=True, slots=True)
class Job:
    id: UUID
    account: str
    kind: JobKind
    created_at: datetime
    total: int | None
    """Of all parts; None: they are still coming."""
    ended_at: datetime | None
    revoked_at: datetime | None
    file: File | None
    """What was made; None: nothing yet, or its kind makes none."""
    parts: Sequence[Part]

    @property
    def state(self) -> JobState:
        """It follows from the parts'."""
        if self.revoked_at:
            return JobState.REVOKED
        if self.ended_at:
            return JobState.SUCCESS
        states = {part.state for part in self.parts}
        if found := states & {JobState.FAILURE, JobState.RETRY}:
            return min(found)  # the worse one
        if JobState.SUCCESS in states:
            return JobState.PROGRESS
        return JobState.STARTED if JobState.STARTED in states else JobState.PENDING

    @property
    def done(self) -> int:
        return sum(part.total for part in self._done)

    @property
    def failed(self) -> int:
        return sum(part.failed for part in self._done)

    @property
    def _done(self) -> Collection[Part]:
        return [part for part in self.parts if part.state is JobState.SUCCESS]
