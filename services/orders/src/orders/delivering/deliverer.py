"""What is due is sent, to many endpoints at once, to each at its own pace."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import structlog

from mesh import AsyncDatabase, Unavailable
from mesh.groupcommit import GroupCommit
from mesh.health import State
from orders.background import running
from orders.delivering.sender import Sender
from orders.store import deliveries, endpoints
from orders.store.events import CHANNEL
from orders.usecases.webhooks import Sent, fan_out, settle
from orders.webhooks import Attempt, Delivery, Endpoint

log = structlog.get_logger(__name__)

EACH = 10
"""On their way to one endpoint at once, or a few more: a slow one holds up nobody else."""
MOST = 200
"""On their way at once. No account has more of these than are free: alone it has half of them."""
_NAP, _SOON = 1.0, 0.05  # seconds between two looks; while something is not settled yet
_SWEEP = 30.0  # seconds between two looks at all endpoints: what a lost notification costs
_READERS = 100  # endpoints in one transaction
_FIRST = UUID(int=0)


class Deliverer:
    """Gives endpoints their events, and sends what is due."""

    def __init__(self, database: AsyncDatabase, send: Sender) -> None:
        self._database = database
        self._send = send
        self._settle = GroupCommit(database, settle)
        self._news: set[str] = set()
        self._woken = asyncio.Event()
        self._on_their_way: Counter[UUID] = Counter()
        self._places: Counter[str] = Counter()  # the same by account
        self._tasks: set[asyncio.Task[None]] = set()
        self._swept = -_SWEEP

    async def run(self, stopping: asyncio.Event, beat: Callable[[State, str], None]) -> None:
        """Until told to stop; what is on its way then is finished. `beat`: who is told how it goes."""
        async with running(self._listen()):
            while not stopping.is_set():
                nap = await self._looked(beat)
                if not self._tasks:  # nobody wanted what there was: what comes meanwhile is one look more
                    await asyncio.sleep(_SOON)
                await self._wait(stopping, nap)
        beat("stopping", "")
        await asyncio.gather(*self._tasks)

    async def _looked(self, beat: Callable[[State, str], None]) -> float:
        try:
            nap = await self._look()
        except Exception as error:
            if not isinstance(error, Unavailable):  # a database that is not migrated, say
                log.exception("webhooks.failed")
            self._swept = -_SWEEP  # what was to be looked at is not known any more
            beat("waiting", str(error))
            return _NAP
        beat("ready", "")
        return nap

    async def _look(self) -> float:
        """Give, and send. Returns after how many seconds it is worth to look again."""
        if time.monotonic() - self._swept > _SWEEP:
            self._swept = time.monotonic()
            self._news = {""}
        accounts, self._news = self._news, set()
        unsettled = {account for account in accounts if not await self._give(account)}
        self._news |= unsettled
        for endpoint, delivery in await self._claim():
            self._on_their_way[endpoint.id] += 1
            self._places[endpoint.account] += 1
            task = asyncio.create_task(self._deliver(endpoint, delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return _SOON if unsettled else _NAP

    async def _give(self, account: str) -> bool:
        """Whether all events of the account (an empty one: of all) are given to its endpoints."""
        behind: UUID | None = _FIRST
        complete = True
        while behind is not None:
            async with self._database.begin() as tx:
                behind, whole = await fan_out(account, behind, _READERS, tx)
            complete = complete and whole
        return complete

    async def _claim(self) -> list[tuple[Endpoint, Delivery]]:
        room = MOST - len(self._tasks)
        busy = [id for id, count in self._on_their_way.items() if count >= EACH]
        if room <= 0:
            return []
        async with self._database.begin() as tx:
            claimed = await deliveries.claim(tx, EACH, room, busy, self._places)
            known = await endpoints.these(tx, {each.endpoint_id for each in claimed}) if claimed else {}
        return [(known[each.endpoint_id], each) for each in claimed if each.endpoint_id in known]

    async def _deliver(self, endpoint: Endpoint, delivery: Delivery) -> None:
        try:
            attempt = await self._send(endpoint, delivery)
            _tell(endpoint, delivery, attempt)
            await self._settle(Sent(endpoint, delivery, attempt))
        except Exception as error:  # its lease ends, and it is sent again
            unexpected = not isinstance(error, Unavailable)
            log.warning("webhook.unsettled", delivery=str(delivery.id), error=str(error), exc_info=unexpected)
        finally:
            self._on_their_way -= Counter([endpoint.id])  # forgets those at nought
            self._places -= Counter([endpoint.account])
            self._woken.set()

    async def _listen(self) -> None:
        async for account in self._database.heard(CHANNEL):
            self._news.add(account)
            self._woken.set()

    async def _wait(self, stopping: asyncio.Event, seconds: float) -> None:
        """Until there is something to do, or to stop, but no longer than that."""
        waiting = [asyncio.create_task(event.wait()) for event in (self._woken, stopping)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        self._woken.clear()


def _tell(endpoint: Endpoint, delivery: Delivery, attempt: Attempt) -> None:
    said = {
        "webhook_id": str(endpoint.id),
        "account": endpoint.account,
        "delivery": str(delivery.id),
        "event_id": delivery.event_id,
        "type": delivery.type,
        "status": attempt.status,
        "ms": attempt.milliseconds,
    }
    if attempt.error:
        log.info("webhook.refused", **said, error=attempt.error, failures=delivery.failures + 1)
    else:
        log.info("webhook.sent", **said)
