"""What nobody may ask for any more is deleted, some rows at a time."""

from mesh import AsyncTx
from orders.store import answers, deliveries, events, jobs, schedules

FORGOTTEN = {
    "answers": answers.FORGET,
    "events": events.FORGET,
    "deliveries": deliveries.FORGET,
    "deliveries to what was removed": deliveries.FORGET_REMOVED,
    "parts of jobs": jobs.FORGET_PARTS,
    "jobs": jobs.FORGET,
    "schedules": schedules.FORGET,
}
"""Each deletes so many rows at the most, and says how many: `rowcount` is not known yet in a pipeline."""


async def forget(tx: AsyncTx, what: str, most: int) -> int:
    """Returns how many rows."""
    [count] = await (await tx.execute(FORGOTTEN[what], (most,))).fetchone() or (0,)
    return int(count)
