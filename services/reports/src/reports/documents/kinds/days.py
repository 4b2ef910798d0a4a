"""What all kinds have: the days that they are of."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OfDays:
    KIND: ClassVar[str]

    first_day: date
    last_day: date

    @property
    def name(self) -> str:
        """Of its file, without what says the format."""
        return f"{self.KIND.replace('_', '-')}-{self.first_day}-{self.last_day}"
