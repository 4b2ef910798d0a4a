"""What an error says about the message it happened to.

    MeshError
    |- Verdict                raised by handlers: what to do with this message
    |  |- Retry(after=)       try again, later
    |  `- Reject(reason)      never try again: a dead letter, at once
    |- RefusedAtStart         this process cannot work as it is set up: it says so and does not start
    |  `- MissingSettings     names every setting that is missing
    |- Unavailable            what the process needs is away: keep the message, wait, burn no attempt
    |- Gone                   a document that a message refers to is not in the file store any more
    |- TooLarge               a message over 64 KiB: store the document, send a reference
    |- UnknownLane            a message was put into a lane that its contract does not have
    |- DoesNotFit            a canvas is built of steps whose replies are not what the next ones lack
    |- Undeclared             a service sends what it does not say it sends: name it in its `Service(sends=…)`
    `- Unroutable             the broker knows no queue for a command

A `contracts.ContractError` becomes a dead letter at once: no retry mends data. Anything else is
retried with backoff until its attempts are used up, then becomes a dead letter. Nothing is dropped.
"""

from collections.abc import Iterable


class MeshError(Exception):
    """The base of all that the mesh raises."""


class Verdict(MeshError):
    """Raised by a handler to say what becomes of its message."""


class Retry(Verdict):
    """Try this message again `after` seconds (None: the usual backoff). It costs an attempt."""

    LONGEST = 365 * 24 * 3600.0

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        """Raises ValueError for less than 0 seconds or more than a year."""
        if after is not None and not 0 <= after <= self.LONGEST:
            raise ValueError(f"after={after!r}: seconds, from 0 to {self.LONGEST:.0f}")
        super().__init__(reason)
        self.after = after


class Reject(Verdict):
    """This message will never succeed: keep it as a dead letter, with the reason."""


class RefusedAtStart(MeshError):
    """This process cannot work as it is set up."""


class MissingSettings(RefusedAtStart):
    """Settings that are missing or do not fit, all of them at once."""

    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__("cannot start, the environment lacks:\n" + "\n".join(f"  {f}" for f in faults))


class Unavailable(MeshError):
    """Database or broker is away; for a handler, whatever else it needs. Nothing was done."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        """`after`: seconds until a message that a handler or its effect raised this for comes again. None:
        the usual ones. Many come back at the same moment, unless who raises it spreads them."""
        super().__init__(reason)
        self.after = after


class Gone(MeshError):
    """A document is not in the file store any more, or is damaged there."""


class TooLarge(MeshError):
    """A message is over the limit."""


class UnknownLane(MeshError):
    """The contract of a message has no such lane."""


class DoesNotFit(MeshError):
    """A canvas is put together of what does not fit; the text says what to do."""


class Undeclared(MeshError):
    """A service sends what it does not say that it sends: whoever judges a deployment would not know."""


class Unroutable(MeshError):
    """The broker has no queue for these messages."""
