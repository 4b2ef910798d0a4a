"""Reports: asked for here, made by the service of that name, and shown here."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from contracts import uuid7
from contracts.files import File
from contracts.reports import MakeReport, ReportFailed, ReportMade
from mesh import AsyncTx, Tx, outbox
from orders.domain import EventType, Unknown
from orders.jobs import Job, JobKind, JobState, NotMade
from orders.store import events, jobs
from orders.store.events import Event
from orders.usecases.overseeing import known

_WHOLE = 1  # the number of its only part


async def order_report(account: str, tx: AsyncTx, **wanted: object) -> Job:
    """`wanted`: as contracts.reports.MakeReport has it."""
    id = uuid7()
    message_id = uuid5(id, "reports.make_report")  # it follows from the job, so that it is found
    wish = MakeReport.model_validate({"report_id": id, "account": account, **wanted})
    await jobs.begin(tx, id, account, JobKind.REPORT)
    await jobs.add_whole(tx, id, message_id)
    await jobs.tell(tx, id, _WHOLE)
    await outbox.put(tx, outbox.seal(wish, message_id), lane=wish.lane)
    return await known(account, id, tx)


async def file_of(account: str, id: UUID, tx: AsyncTx) -> File:
    """Raises Unknown and NotMade."""
    job = await jobs.find(tx, account, id)
    if job is None or job.kind is not JobKind.REPORT:
        raise Unknown("report")
    if job.file is None:
        raise NotMade(job.state)
    return job.file


def note_made(made: ReportMade, tx: Tx) -> None:
    """It lies in the file store."""
    account = jobs.made(tx, made.report_id, made.file)
    if account is None:
        return
    jobs.done(tx, made.report_id, _WHOLE)
    facts = made.file.model_dump(include={"name", "media_type", "size"})
    data = {"job_id": str(made.report_id), **facts}
    events.add(tx, Event(account, None, EventType.REPORT_MADE, datetime.now(UTC), data))


def note_failed(failed: ReportFailed, tx: Tx) -> None:
    """It is tried again, or waits for an operator."""
    told = JobState.RETRY if failed.again else JobState.FAILURE
    jobs.trouble(tx, failed.report_id, _WHOLE, told, failed.failed_at)
