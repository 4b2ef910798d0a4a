"""/v1/jobs: what takes longer than a request."""

from datetime import datetime
from typing import Self
from uuid import UUID

from mesh import AsyncTx
from orders import examples, jobs
from orders.api.operation import Call, Operations, answered
from orders.api.problems import JOB_ENDED
from orders.documents import Document
from orders.examples import example
from orders.jobs import JobState
from orders.keys import Scope
from orders.store.answers import Answer
from orders.usecases import importing

api = Operations()


class Part(Document, json_schema_extra=example(examples.PART)):
    """A part of a job, done as one."""

    number: int
    """The first is 1."""
    state: JobState
    """How it is doing."""
    total: int
    """Orders in it."""
    failed: int
    """Those of them that could not be placed."""


class Progress(Document, json_schema_extra=example(examples.PROGRESS)):
    """How far a job is."""

    done: int
    """Orders that are done with, those that failed included."""
    total: int | None
    """Null: it is still coming."""


class Result(Document, json_schema_extra=example(examples.RESULT)):
    """What came of a job."""

    placed: int
    """Orders that were placed."""
    failed: int
    """Orders that were not."""
    errors: str | None
    """Where they are; null: there are none."""


class Job(Document, json_schema_extra=example(examples.JOB)):
    """Something that takes longer than a request."""

    id: UUID
    """It stays the same."""
    kind: str
    """What it does: `import`."""
    state: JobState
    """How it is doing."""
    progress: Progress
    """How far it is."""
    parts: list[Part]
    """By number."""
    result: Result | None
    """Null: it has not ended."""
    created_at: datetime
    """When it began."""
    ended_at: datetime | None
    """When it ended; null: it has not."""

    @classmethod
    def of(cls, job: jobs.Job) -> Self:
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            progress=Progress(done=job.done, total=job.total),
            parts=[Part.model_validate(part) for part in job.parts],
            result=_result(job) if job.ended_at else None,
            created_at=job.created_at,
            ended_at=job.ended_at,
        )


@api.get("/v1/jobs/{id}", answer=Job)
async def get_job(call: Call[None], tx: AsyncTx) -> Answer:
    """How a job is doing, part by part."""
    return answered(Job.of(await importing.known(call.key.account, call.named("id", "job"), tx)))


@api.delete("/v1/jobs/{id}", answer=Job, status=200, scope=Scope.WRITE, refuses=(JOB_ENDED,))
async def revoke_job(call: Call[None], tx: AsyncTx) -> Answer:
    """Call a job off, running or not. What is done stays, and so does what is being done just now."""
    return answered(Job.of(await importing.call_off(call.key.account, call.named("id", "job"), tx)))


def _result(job: jobs.Job) -> Result:
    errors = f"/v1/imports/{job.id}/errors" if job.failed else None
    return Result(placed=job.done - job.failed, failed=job.failed, errors=errors)
