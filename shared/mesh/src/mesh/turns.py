"""Turns: what may be done so often is done by whoever's turn it is, in any of many processes.

    turns.take([("smtp:main", Rate(100, 1)), ("smtp:main:example.com", Rate(20, 1))], "mail", patience=1.0)

For who has time, where `ratelimit` is for who is told no. A bucket for each name, as there (GCRA), but turns
are also given ahead, as far as `patience`: whoever gets one waits for so long. Of several buckets, a turn is
taken from all or from none.

Who would have to wait longer is told when to come again: behind those who were told so before, in a line of
their own name, so that a hundred thousand come back one by one and not all the time. It gives no right to a
turn: who is more urgent has a line of their own, and more patience, and is not kept waiting by those.

They are counted on a Redis or Valkey that all share. While it is away, each process counts for itself.
"""

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from mesh.ratelimit import PAUSE, Rate, client
from mesh.streams.address import Address

log = structlog.get_logger(__name__)

FURTHEST = 3600.0
"""Seconds for which somebody is told to stay away at the most: rates are changed, too."""
_MANY = 10_000  # buckets of a process; full ones are forgotten then

# Whole microseconds. A clock that was set back costs what could have been taken ahead, not its leap.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local patience, furthest = tonumber(ARGV[1]), tonumber(ARGV[2])
local wait, worst, used = 0, 1, {}
for i = 1, #KEYS / 2 do
    local interval, whole = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
    local full_at = tonumber(redis.call('GET', KEYS[2 * i - 1]) or now)
    used[i] = math.min(math.max(full_at - now, 0), whole + patience) + interval
    if used[i] - whole > wait then
        wait, worst = used[i] - whole, i
    end
end
if wait <= patience then
    for i, after in ipairs(used) do
        redis.call('SET', KEYS[2 * i - 1], string.format('%.0f', now + after), 'PX', math.ceil(after / 1000))
    end
    return {1, wait}
end
local line, interval = KEYS[2 * worst], tonumber(ARGV[2 * worst + 1])
local turn = math.max(tonumber(redis.call('GET', line) or now) + interval - now, wait)
if turn > furthest then
    turn = wait
end
redis.call('SET', line, string.format('%.0f', now + turn), 'PX', math.ceil(turn / 1000))
return {0, turn}
"""


class Turn(NamedTuple):
    """What somebody got who asked."""

    granted: bool
    seconds: float
    """To wait until it may be done; where none is granted, until asking again makes sense."""


Wanted = Sequence[tuple[str, Rate]]


class Turns:
    """For any number of threads."""

    def __init__(self, url: str | None, setting: str) -> None:
        """`url`: redis://…, or a broker's streams+redis://…; None: this process counts alone. `setting`: what
        it comes from. Opens nothing.

        Raises RefusedAtStart for what is no such URL.
        """
        self._client = client(Address.parse(url.removeprefix("streams+"), setting)) if url else None
        self._take = self._client.register_script(_TAKE) if self._client else None
        self._alone = _Alone()
        self._again = 0.0
        """When a server that is away is asked again; 0: it is not away."""

    def take(self, wanted: Wanted, line: str, patience: float) -> Turn:
        """A turn in all that is wanted, at most `patience` seconds ahead."""
        again = self._again
        if self._take is None or time.monotonic() < again:
            return self._alone.take(wanted, line, patience)
        from redis.exceptions import RedisError

        if again:
            self._again = time.monotonic() + PAUSE  # one asks, who finds out; the others go on
        try:
            told = self._asked(wanted, line, patience)
        except RedisError as error:
            self._lose(error)
            return self._alone.take(wanted, line, patience)
        if again:
            self._again = 0.0
            log.info("limits.back")
        return told

    def close(self) -> None:
        if self._client:
            self._client.close()

    def _asked(self, wanted: Wanted, line: str, patience: float) -> Turn:
        assert self._take
        keys = [f"turn:{key}" for name, _ in wanted for key in (name, f"{name}|{line}")]
        rates = [number for _, rate in wanted for number in (rate.interval, _whole(rate))]
        granted, wait = self._take(keys, [_micro(patience), _micro(FURTHEST), *rates])
        return Turn(bool(granted), wait / 1_000_000)

    def _lose(self, error: Exception) -> None:
        if not self._again:
            log.warning("limits.away", error=str(error) or type(error).__name__)
        self._again = time.monotonic() + PAUSE


class _Alone:
    """The same within this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[str, int] = {}
        """Bucket: when it is full. Line: when its last one comes again."""

    def take(self, wanted: Wanted, line: str, patience: float) -> Turn:
        now = time.monotonic_ns() // 1000
        with self._lock:
            used = [max(self._at.get(name, now) - now, 0) + rate.interval for name, rate in wanted]
            waits = [after - _whole(rate) for after, (_, rate) in zip(used, wanted, strict=True)]
            wait = max(0, *waits)
            if wait <= _micro(patience):
                self._keep(now, {name: now + after for after, (name, _) in zip(used, wanted, strict=True)})
                return Turn(granted=True, seconds=wait / 1_000_000)
            name, rate = wanted[waits.index(wait)]
            behind = f"{name}|{line}"
            turn = max(self._at.get(behind, now) + rate.interval - now, wait)
            turn = wait if turn > _micro(FURTHEST) else turn
            self._keep(now, {behind: now + turn})
            return Turn(granted=False, seconds=turn / 1_000_000)

    def _keep(self, now: int, news: dict[str, int]) -> None:
        if len(self._at) > _MANY:
            self._at = {name: at for name, at in self._at.items() if at > now}
        self._at.update(news)


def _whole(rate: Rate) -> int:
    """Microseconds in which an empty bucket fills."""
    return rate.interval * rate.requests


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)
