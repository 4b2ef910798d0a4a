"""/v1/jobs: what takes longer than a request."""

from datetime import datetime
from typing import Self
from uuid import UUID

from mesh import AsyncTx
from orders import jobs
from orders.api.operation import Call, Operations, answered
from orders.api.problems import JOB_ENDED
from orders.documents import Document
from orders.jobs import JobState
from orders.keys import Scope
from orders.store.answers import Answer
from orders.usecases import importing

api = Operations()


class Part(Document):
    number: int
    state: JobState
    total: int
    failed: int


class Progress(Document):
    done: int
    total: int | None
    """Null: it is still coming."""


class Result(Document):
    placed: int
    failed: int
    errors: str | None
    """Where they are; null: there are none."""


class Job(Document):
    id: UUID
    kind: str
    state: JobState
    progress: Progress
    parts: list[Part]
    result: Result | None
    """Null: it has not ended."""
    created_at: datetime
    ended_at: datetime | None

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
async def show_job(call: Call[None], tx: AsyncTx) -> Answer:
    """How a job is doing, part by part."""
    return answered(Job.of(await importing.known(call.key.account, call.named("id", "job"), tx)))


@api.delete("/v1/jobs/{id}", answer=Job, status=200, scope=Scope.WRITE, refuses=(JOB_ENDED,))
async def revoke_job(call: Call[None], tx: AsyncTx) -> Answer:
    """Call a job off, running or not. What is done stays, and so does what is being done just now."""
    return answered(Job.of(await importing.call_off(call.key.account, call.named("id", "job"), tx)))


def _result(job: jobs.Job) -> Result:
    errors = f"/v1/imports/{job.id}/errors" if job.failed else None
    return Result(placed=job.done - job.failed, failed=job.failed, errors=errors)
