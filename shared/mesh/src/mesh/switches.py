"""Switches: the lanes of a service that an operator has switched off, kept where all its workers see it.

A hash for each service on the Redis or Valkey of SWITCHES_URL: of each lane whether it is on or off, and
since when. A lane that was never switched is on. What the server loses, workers that live tell it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from mesh.errors import Unavailable
from mesh.ratelimit import client
from mesh.streams.address import Address


class Switch(NamedTuple):
    """What an operator said of a lane."""

    on: bool
    since: datetime

    @classmethod
    def now(cls, *, on: bool) -> "Switch":
        return cls(on, datetime.now(UTC))


class Switches:
    """Those of one service. Each method raises Unavailable."""

    def __init__(self, url: str, service: str) -> None:
        """`url`: redis://…, or a broker's streams+redis://… Opens nothing.

        Raises RefusedAtStart for what is no such URL.
        """
        address = Address.parse(url.removeprefix("streams+"), "SWITCHES_URL")
        self._client = client(address, decode_responses=True)
        self._key = f"switches:{service}"

    def read(self) -> dict[str, Switch]:
        """By lane; those that were never switched are missing."""
        with _reached():
            said = self._client.hgetall(self._key)
            return {str(lane): _read(str(word)) for lane, word in said.items()}

    def set(self, lane: str, switch: Switch) -> None:
        """For all workers, those too that start later."""
        with _reached():
            self._client.hset(self._key, lane, _written(switch))

    def restore(self, lane: str, switch: Switch) -> None:
        """The server has lost it, unless somebody was faster."""
        with _reached():
            self._client.hsetnx(self._key, lane, _written(switch))

    def close(self) -> None:
        self._client.close()


def _written(switch: Switch) -> str:
    return f"{'on' if switch.on else 'off'} {switch.since.isoformat(timespec='seconds')}"


def _read(said: str) -> Switch:
    word, _, since = said.partition(" ")
    return Switch(word == "on", datetime.fromisoformat(since))


@contextmanager
def _reached() -> Iterator[None]:
    from redis.exceptions import RedisError  # slow to import: who has no switches does without

    try:
        yield
    except RedisError as error:
        raise Unavailable(f"switches: {error}") from error
