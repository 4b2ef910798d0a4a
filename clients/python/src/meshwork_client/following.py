"""One who follows: what was seen last, and when to come again. It knows no network."""

from dataclasses import replace
from typing import Generic

import httpx2

from meshwork_client.call import Answer, Call, Outcome
from meshwork_client.retries import Retries

SILENCE = 60.0
"""Seconds without a heartbeat, of which there is one every 15, after which a stream is dead."""


class Following(Generic[Answer]):
    def __init__(self, call: Call[Answer], retries: Retries) -> None:
        self.call = call
        self._retries = retries
        self._attempt = 0
        self._least = 0.0

    def take(self, event: httpx2.ServerSentEvent) -> tuple[str, Answer] | None:
        """Its id and what it tells. None: nothing."""
        self._attempt = 0
        self._least = event.retry / 1000 if event.retry is not None else self._least
        if event.id:  # also without an event: so far it is sure that there was none
            self.call = replace(self.call, headers={**self.call.headers, "Last-Event-ID": event.id})
        return (event.id, self.call.parsed(event.data)) if event.data else None

    def pause(self, outcome: Outcome) -> float:
        """Seconds until the next attempt, after a stream has ended or failed. Raises as `Call.read` does."""
        self._attempt += 1
        failure = self.call.failure(outcome)
        ended = outcome if failure else httpx2.RemoteProtocolError("the stream ended")
        pause = self._retries.pause(ended, self._attempt)
        if pause is None:
            raise failure or self.call.failure(ended) or AssertionError
        return max(pause, self._least)
