"""The ledger of the faults: what was sent was handled, each once, and nothing is left anywhere."""

from typing import Any

from programs import eventually
from sample import Count, ledger

from contracts import Message
from mesh import deadletters, outbox


def numbers(start: int, stop: int) -> list[Message]:
    """Messages that the sample service enters into its ledger."""
    return [Count(number=n) for n in range(start, stop)]


def counted(tx: Any) -> list[int]:
    """What it has entered so far."""
    return sorted(map(int, ledger(tx, "count")))


def settled(tx: Any, total: int, seconds: float = 60.0) -> None:
    """Wait until numbers 0 to `total` are handled: each once, none kept, none left to send."""
    eventually(lambda: len(counted(tx)) >= total, f"{total} messages are counted", seconds)
    assert counted(tx) == list(range(total))
    assert [d.error for d in deadletters.listed(tx)] == []
    # A relay that had no answer sends again what has arrived already.
    eventually(lambda: outbox.next_due(tx) is None, "nothing is left to send", seconds)
    assert counted(tx) == list(range(total))
