"""/v1/schedules: reports that are made again and again, or once at a time, and mailed."""

from mesh import AsyncTx
from orders import schedules
from orders.api.conditions import tag
from orders.api.operation import Call, Operations, answered
from orders.api.problems import NEVER_DUE, STALE, TOO_MANY_SCHEDULES
from orders.api.scheduled import NewSchedule, Schedule, Schedules
from orders.domain import Target
from orders.keys import Scope
from orders.store import schedules as stored
from orders.store.answers import Answer
from orders.usecases import scheduling

api = Operations()


@api.post(
    "/v1/schedules",
    body=NewSchedule,
    answer=Schedule,
    status=201,
    scope=Scope.SCHEDULES,
    tagged=True,
    refuses=(NEVER_DUE, TOO_MANY_SCHEDULES),
)
async def add_schedule(call: Call[NewSchedule], tx: AsyncTx) -> Answer:
    """Have a report of your own orders made again and again, or once at a time, and mailed.

    What is due in a gap of the zone's clocks is due as they go on; what they show twice, the first time.
    """
    wanted = call.body
    added = await scheduling.add(
        call.key.account,
        tx,
        name=wanted.name,
        timing=wanted.timing(),
        plan=wanted.plan(),
        missed=wanted.missed,
        paused=wanted.paused,
    )
    return _shown(added, 201, Location=f"/v1/schedules/{added.id}")


@api.get("/v1/schedules", answer=Schedules, scope=Scope.SCHEDULES)
async def list_schedules(call: Call[None], tx: AsyncTx) -> Answer:
    """List schedules, also those that an operator made for you."""
    found = await stored.of(tx, call.key.account)
    return answered(Schedules.model_construct(schedules=list(map(Schedule.of, found))))


@api.get("/v1/schedules/{id}", answer=Schedule, scope=Scope.SCHEDULES, tagged=True)
async def get_schedule(call: Call[None], tx: AsyncTx) -> Answer:
    """Read a schedule, when it falls due, and what came of it last."""
    return _shown(await scheduling.known(_meant(call), tx))


@api.delete("/v1/schedules/{id}", scope=Scope.SCHEDULES, refuses=(STALE,))
async def remove_schedule(call: Call[None], tx: AsyncTx) -> Answer:
    """Have nothing fall due any more. That is for good."""
    await scheduling.remove(_meant(call), tx)
    return Answer(204, "", {})


@api.post(
    "/v1/schedules/{id}/pause",
    answer=Schedule,
    scope=Scope.SCHEDULES,
    tagged=True,
    refuses=(STALE,),
)
async def pause_schedule(call: Call[None], tx: AsyncTx) -> Answer:
    """Have nothing fall due until it is resumed."""
    return _shown(await scheduling.pause(_meant(call), tx, paused=True))


@api.post(
    "/v1/schedules/{id}/resume",
    answer=Schedule,
    scope=Scope.SCHEDULES,
    tagged=True,
    refuses=(STALE,),
)
async def resume_schedule(call: Call[None], tx: AsyncTx) -> Answer:
    """Go on, with what falls due from now on."""
    return _shown(await scheduling.pause(_meant(call), tx, paused=False))


@api.post(
    "/v1/schedules/{id}/run",
    answer=Schedule,
    status=202,
    scope=Scope.SCHEDULES,
    tagged=True,
    refuses=(STALE,),
)
async def run_schedule(call: Call[None], tx: AsyncTx) -> Answer:
    """Have its report made and mailed now, as if it fell due; also of one that is paused."""
    found = await scheduling.run(_meant(call), tx)
    return _shown(found, 202, Location=f"/v1/schedules/{found.id}")


def _meant(call: Call[None]) -> Target:
    return call.meant("schedule")


def _shown(schedule: schedules.Schedule, status: int = 200, **headers: str) -> Answer:
    return answered(Schedule.of(schedule), status, ETag=tag(schedule.version), **headers)
