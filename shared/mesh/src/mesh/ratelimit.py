"""Rate limits: how often each may come, counted on a Redis or Valkey that all processes share.

A bucket for each name holds as many requests as its rate says, and fills up evenly (GCRA: what is kept of
it is the time at which it is full). Those who ask at the same moment are counted in one call of one script.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import structlog

from mesh.errors import Unavailable
from mesh.streams.address import Address

if TYPE_CHECKING:
    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis

log = structlog.get_logger(__name__)

TIMEOUT = 0.25
"""Seconds for the server to connect or to answer: those who ask at that moment wait for so long, once."""
PAUSE = 1.0
"""Seconds until a server that is away is tried again, while nobody waits for it."""

# Whole microseconds: what is kept is exact. A clock that was set back costs one bucket's time, not its leap.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local told = {}
for i, key in ipairs(KEYS) do
    local interval, whole = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
    local full_at = tonumber(redis.call('GET', key) or now)
    local used = math.min(math.max(full_at - now, 0), whole)
    local granted = math.min(tonumber(ARGV[3 * i]), math.floor((whole - used) / interval))
    if granted > 0 then
        used = used + granted * interval
        redis.call('SET', key, string.format('%.0f', now + used), 'PX', math.ceil(used / 1000))
    end
    told[2 * i - 1], told[2 * i] = granted, used
end
return told
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds: all at once after a rest, evenly in the long run."""

    requests: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Of `1000/10`. Raises ValueError for what is none."""
        found = re.fullmatch(r"([1-9]\d{0,6})/([1-9]\d{0,4})", text)
        if not found:
            raise ValueError("a rate is requests/seconds, such as 1000/10: up to 9999999 in up to 99999")
        return cls(int(found[1]), int(found[2]))

    @property
    def interval(self) -> int:
        """Microseconds in which the bucket gets one request more."""
        return max(1, round(self.seconds * 1_000_000 / self.requests))


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left after a request."""

    granted: bool
    left: int
    seconds: float
    """Until the bucket is full again; where nothing is left: until there is one more."""


Ask = tuple[str, Rate, int]
"""Whose bucket, and how many it shall give: one, or none, where it is only looked at."""
Waiting = tuple[Ask, asyncio.Future[Quota]]


class RateLimiter:
    """Nobody waits for a server that is away: it is said once, and tried again beside the requests."""

    def __init__(self, url: str, setting: str) -> None:
        """`url`: redis://…, or a broker's streams+redis://… `setting`: what it comes from. Opens nothing.

        Raises RefusedAtStart for what is no such URL.
        """
        self._client = _client(Address.parse(url.removeprefix("streams+"), setting))
        self._take: Callable[..., Awaitable[Any]] = self._client.register_script(_TAKE)
        self._waiting: list[Waiting] = []
        self._counter: asyncio.Task[None] | None = None
        self._prober: asyncio.Task[None] | None = None

    async def take(self, name: str, rate: Rate) -> Quota:
        """One request of `name`. Raises mesh.Unavailable, at once while the server is known to be away."""
        return await self._ask(name, rate, 1)

    async def look(self, name: str, rate: Rate) -> Quota:
        """Whether one would be granted. Takes none, and raises as `take`."""
        return await self._ask(name, rate, 0)

    async def _ask(self, *ask: *Ask) -> Quota:
        if self._prober:
            raise Unavailable("the server that counts requests is away")
        counted: asyncio.Future[Quota] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, counted))
        if self._counter is None:
            self._counter = asyncio.create_task(self._run())
        return await counted

    async def close(self) -> None:
        for task in (self._counter, self._prober):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._client.aclose()

    async def _run(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._count(group)
        finally:
            self._counter = None  # in the step that found nothing waiting: who comes next starts another

    async def _count(self, group: Sequence[Waiting]) -> None:
        askers: dict[Ask, list[asyncio.Future[Quota]]] = {}
        for ask, counted in group:
            askers.setdefault(ask, []).append(counted)
        try:
            told = await self._asked({ask: ask[2] * len(found) for ask, found in askers.items()})
        except Exception as error:  # noqa: BLE001 whatever it is, nobody waits for ever
            self._lose(error, group)
            return
        for ((_, rate, taken), found), granted, used in zip(
            askers.items(), told[::2], told[1::2], strict=True
        ):
            for place, counted in enumerate(found):
                if not counted.done():  # its client went away
                    counted.set_result(_quota(rate, used, place < granted if taken else None))

    async def _asked(self, wanted: dict[Ask, int]) -> list[int]:
        """For each of them: how many requests are granted, and for how many microseconds its bucket fills."""
        names = [f"limit:{name}" for name, _, _ in wanted]
        numbers = ((rate.interval, rate.interval * rate.requests, n) for (_, rate, _), n in wanted.items())
        told: list[int] = await self._take(names, list(chain.from_iterable(numbers)))
        return told

    def _lose(self, error: Exception, group: Sequence[Waiting]) -> None:
        """Also for those who came meanwhile: they would wait once more."""
        log.warning("limits.away", error=str(error) or type(error).__name__)
        self._prober = asyncio.create_task(self._probe())
        lost, self._waiting = [*group, *self._waiting], []
        for _, counted in lost:
            if not counted.done():
                counted.set_exception(Unavailable(str(error)))

    async def _probe(self) -> None:
        """With a request of its own: a server may answer, and not take writes."""
        while self._prober:
            await asyncio.sleep(PAUSE)
            with suppress(Exception):
                await self._asked({("probe", Rate(1, 1), 1): 1})
                log.info("limits.back")
                self._prober = None


def _quota(rate: Rate, used: int, granted: bool | None) -> Quota:
    left = rate.requests - -(-used // rate.interval)
    granted = left > 0 if granted is None else granted
    return Quota(granted, left, (used if left else used - rate.interval * (rate.requests - 1)) / 1_000_000)


def _connection(address: Address) -> dict[str, Any]:
    """Options for redis-py's clients of a server that is not waited for."""
    return {
        "db": address.database,
        "username": address.username,
        "password": address.password,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "protocol": 2,
        **(({"ssl": True} | address.tls) if address.tls is not None else {}),
    }


def client(address: Address, **over: Any) -> "Redis":
    """redis-py's client of such a server, for threads. `over`: options to be others. Opens nothing."""
    from redis import Redis  # slow to import: who counts nothing does without
    from redis.retry import Retry
    from redis.sentinel import Sentinel

    found: Redis = _built(Redis, Sentinel, Retry, address, over)
    return found


def _client(address: Address) -> "AsyncRedis":
    from redis.asyncio import Redis  # likewise
    from redis.asyncio.retry import Retry
    from redis.asyncio.sentinel import Sentinel

    found: AsyncRedis = _built(Redis, Sentinel, Retry, address, {})
    return found


def _built(redis: Any, sentinel: Any, retry: Any, address: Address, over: dict[str, Any]) -> Any:
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as Disconnected

    # A connection that ended while nobody used it says nothing of the server. Of one that does not answer
    # redis-py would by itself ask again ten times.
    once = retry(NoBackoff(), 1, supported_errors=(Disconnected,))
    options = _connection(address) | {"retry": once} | over
    if address.master:
        asked = {name: options[name] for name in ("socket_timeout", "socket_connect_timeout", "retry")}
        return sentinel(list(address.hosts), sentinel_kwargs=asked).master_for(address.master, **options)
    host, port = address.hosts[0]
    return redis(host=host, port=port, **options)
