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
from orders.jobs import JobKind, JobState
from orders.keys import Scope
from orders.store.answers import Answer
from orders.usecases import overseeing

api = Operations()


class Part(Document, json_schema_extra=example(examples.PART)):
    """A part of a job, done as one."""

    number: int
    """The first is 1."""
    name: str | None
    """What a part of a report tells, as `days`; null: an import's, or the report itself."""
    state: JobState
    """How it is doing."""
    total: int
    """Orders in it; of a report, 1."""
    failed: int
    """Orders that could not be placed."""


class Progress(Document, json_schema_extra=example(examples.PROGRESS)):
    """How far a job is."""

    done: int
    """Orders that are done with, those that failed included; of a report, parts that are there."""
    total: int | None
    """Null: it is still coming. A report has more parts once the first of them is there."""


class ImportResult(Document, json_schema_extra=example(examples.IMPORT_RESULT)):
    """What came of an import."""

    placed: int
    """Orders that were placed."""
    failed: int
    """Orders that were not."""
    errors: str | None
    """Where they are; null: there are none."""

    @classmethod
    def of(cls, job: jobs.Job) -> Self:
        errors = f"/v1/imports/{job.id}/errors" if job.failed else None
        return cls(placed=job.done - job.failed, failed=job.failed, errors=errors)


class ReportResult(Document, json_schema_extra=example(examples.REPORT_RESULT)):
    """A report that was made."""

    file: str
    """Where it is."""
    name: str
    """What a person would save it as."""
    media_type: str
    """What it is written in."""
    size: int
    """In bytes."""

    @classmethod
    def of(cls, job: jobs.Job) -> Self | None:
        if job.file is None:
            return None
        made = job.file.model_dump(include={"name", "media_type", "size"})
        return cls(file=f"/v1/reports/{job.id}/file", **made)


class JobProblem(Document, json_schema_extra=example(examples.JOB_PROBLEM)):
    """Why a job does not go on."""

    type: str
    """It stays the same."""
    title: str
    """For people."""


_STUCK = JobProblem.model_validate(examples.JOB_PROBLEM)


class Job(Document, json_schema_extra=example(examples.JOB)):
    """Something that takes longer than a request."""

    id: UUID
    """It stays the same."""
    kind: JobKind
    """What it does."""
    state: JobState
    """How it is doing."""
    progress: Progress
    """How far it is."""
    parts: list[Part]
    """By number."""
    result: ImportResult | ReportResult | None
    """Null: there is none, or not yet."""
    problem: JobProblem | None
    """What keeps it from going on; null: nothing does."""
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
            result=_RESULTS[job.kind].of(job) if job.ended_at else None,
            problem=_STUCK if job.state is JobState.FAILURE else None,
            created_at=job.created_at,
            ended_at=job.ended_at,
        )


_RESULTS: dict[JobKind, type[ImportResult] | type[ReportResult]] = {
    JobKind.IMPORT: ImportResult,
    JobKind.REPORT: ReportResult,
}


@api.get("/v1/jobs/{id}", answer=Job)
async def get_job(call: Call[None], tx: AsyncTx) -> Answer:
    """How a job is doing, part by part."""
    return answered(Job.of(await overseeing.known(call.key.account, call.named("id", "job"), tx)))


@api.delete("/v1/jobs/{id}", answer=Job, status=200, scope=Scope.WRITE, refuses=(JOB_ENDED,))
async def revoke_job(call: Call[None], tx: AsyncTx) -> Answer:
    """Call a job off, running or not. What is done stays, and so does what is being done just now."""
    return answered(Job.of(await overseeing.call_off(call.key.account, call.named("id", "job"), tx)))
