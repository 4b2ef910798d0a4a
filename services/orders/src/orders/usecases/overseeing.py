"""Jobs of either kind: how they do, and calling them off."""

from uuid import UUID

from contracts.reports import RevokeReport
from mesh import AsyncTx, outbox
from orders.domain import Unknown
from orders.jobs import ENDED, Ended, Job, JobKind
from orders.store import jobs


async def known(account: str, id: UUID, tx: AsyncTx) -> Job:
    """Raises Unknown."""
    return _known(await jobs.find(tx, account, id))


async def call_off(account: str, id: UUID, tx: AsyncTx) -> Job:
    """Nothing more is done; what a worker is at just now is. Raises Unknown and Ended."""
    job = _known(await jobs.lock(tx, account, id))
    if job.state in ENDED:
        raise Ended(job.state)
    await outbox.withdraw(tx, *await jobs.revoke(tx, id))
    if job.kind is JobKind.REPORT:
        await outbox.put(tx, RevokeReport(report_id=id))
    return await known(account, id, tx)


def _known(job: Job | None) -> Job:
    if job is None:
        raise Unknown("job")
    return job
