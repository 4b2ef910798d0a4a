"""When something falls due, again and again or once: what to make of it is `mesh.recurrence`'s."""

from pydantic import AwareDatetime, Field

from contracts.message import Value


class Timing(Value):
    """Exactly one of these: by `cron`; `every` so many seconds, the first time `at`; or once, `at` alone."""

    cron: str | None = Field(default=None, examples=["0 8 * * *"])
    """Minute, hour, day of the month, month and day of the week, by the clocks of the zone."""
    every: int | None = None
    """Seconds between two times, whatever clocks do meanwhile."""
    at: AwareDatetime | None = None
    zone: str = Field(examples=["Europe/Berlin"])
    """A name of the IANA's: whose clocks and days are meant."""
