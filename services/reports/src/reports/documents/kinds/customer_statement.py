"""What a customer ordered, paid and got back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import ClassVar, Literal

from reports.documents.kinds.days import OfDays

What = Literal["order", "payment", "refund", "cancellation"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an account. A refund takes back both: what was charged, and what was paid for it."""

    at: datetime
    what: What
    order: str
    """Its number, as the customer knows it."""
    charged: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """All that was in one currency: amounts are in its minor units, and nothing is converted."""

    currency: str
    opening: int
    """What the customer owed before the first day; negative if they had something to get."""
    entries: Sequence[Entry]
    """One after the other."""

    @property
    def charged(self) -> int:
        return sum(entry.charged for entry in self.entries)

    @property
    def paid(self) -> int:
        return sum(entry.paid for entry in self.entries)

    @property
    def refunded(self) -> int:
        return -sum(entry.paid for entry in self.entries if entry.what == "refund")

    @property
    def balances(self) -> Sequence[int]:
        """What the customer owed after each entry."""
        moves = (entry.charged - entry.paid for entry in self.entries)
        return [*accumulate(moves, initial=self.opening)][1:]

    @property
    def closing(self) -> int:
        """What the customer owes after the last day."""
        return self.opening + self.charged - self.paid


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class CustomerStatement(OfDays):
    """From what a customer owed before the first day to what they owe after the last."""

    KIND: ClassVar = "customer_statement"

    customer: Customer
    accounts: Sequence[Account]
    """One for each currency that the customer pays in, mostly a single one."""

    @property
    def name(self) -> str:
        """With whose it is."""
        id = re.sub(r"[^a-z0-9]+", "-", self.customer.id.lower()).strip("-")[:40]
        return f"customer-statement-{id or 'unnamed'}-{self.first_day}-{self.last_day}"
