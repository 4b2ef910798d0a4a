"""Who is at work: a key on the server that its holder renews, and that ends with it."""

from contextlib import suppress

from redis import Redis
from redis.exceptions import LockError

from mesh.beat import LOCK


class Lock:
    """Taken by whoever comes first, never waited for: a process that waits has to say that it lives."""

    def __init__(self, client: Redis, key: str) -> None:
        self._lock = client.lock(key, timeout=LOCK, blocking=False)

    def hold(self) -> bool:
        """Renew it, or take it if nobody has it. Returns whether it is ours. Raises what redis-py raises.

        It may have ended while this process slept, or with all that the server had.
        """
        try:
            return bool(self._lock.extend(LOCK, replace_ttl=True))
        except LockError:
            return bool(self._lock.acquire())

    def release(self) -> None:
        """If it is ours: another one goes to work at its next turn."""
        with suppress(LockError):
            self._lock.release()
