"""Rest: a reader pauses after a batch that was not full, so that the next one gathers.

A round costs a reader and its server the same CPU however few messages it brings. The
first message after a silence never waits; the pause then doubles for as long as there is no silence,
so that only a steady stream, in which nobody measures milliseconds, is read in large batches.
"""

SHORTEST = 0.005
LONGEST = 0.040
"""Seconds. At 25 rounds a second the cost of rounds is lost in that of messages."""


class Rest:
    """The pauses of one reader."""

    def __init__(self) -> None:
        self._next = SHORTEST

    def seconds(self) -> float:
        """How long to rest now."""
        now, self._next = self._next, min(2 * self._next, LONGEST)
        return now

    def over(self) -> None:
        """There was a silence: the reader had to wait."""
        self._next = SHORTEST
