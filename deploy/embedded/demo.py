"""The main job without a person: orders through the whole mesh, each step checked from outside."""

import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from embedded.mesh import Addresses, Service
from embedded.views import DemoFailed, Placed, Sales, Views
from meshwork_client.models import Customer, Entry, Line

ORDERS = 20
WITHIN = 30.0  # seconds from the last order until everything must have happened

PEOPLE = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Radia", "Niklaus", "Katherine"]
GOODS = [("tea", "Assam, 250 g", 890), ("mug", "Mug, blue", 1450), ("pot", "Teapot, cast iron", 6900)]


class Demo:
    """One run. Its customers are its own, but nobody else may order meanwhile: it checks the day's sales."""

    def __init__(
        self, at: Addresses, services: Sequence[Service], state: Path, pause: Callable[[float], None]
    ) -> None:
        """`pause` lets that many seconds pass, and may raise where there is no sense in waiting."""
        self._views = Views(at, services, state)
        self._logs = state / "logs"
        self._pause = pause
        self._run = secrets.token_hex(4)
        self._deadline = 0.0

    def run(self) -> None:
        """Raises DemoFailed."""
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        before = self._views.sales(today)
        orders = [self._views.place(customer(self._run, number), goods()) for number in range(ORDERS)]
        self._deadline = time.monotonic() + WITHIN
        print(f"placed {len(orders)} orders")
        self._wait_until_right("emails", lambda: self._receipts_problem(orders))
        self._wait_until_right("orders", lambda: self._timelines_problem(orders))
        print("each has one receipt, and shows it in its timeline")
        self._wait_until_right("reports", lambda: self._sales_problem(today, before.plus(orders)))
        print(f"the day's sales grew by just these: {sum(each.order.total for each in orders) / 100:.2f} EUR")
        self._wait_until_right(
            "emails", lambda: self._receipts_problem(orders)
        )  # a second one would be there by now
        print(journey(orders[0], self._views.timeline(orders[0].order)))

    def _wait_until_right(self, service: str, problem: Callable[[], str | None]) -> None:
        """Raises DemoFailed with the problem that is there when the time is over, and where to look."""
        while text := problem():
            if time.monotonic() > self._deadline:
                raise self._failure(service, text)
            self._pause(0.1)

    def _failure(self, service: str, text: str) -> DemoFailed:
        logs = sorted(self._logs.glob(f"{service}-worker*.log"))
        return DemoFailed(f"{text}; see {' and '.join(map(str, reversed(logs)))}" if logs else text)

    def _receipts_problem(self, orders: Sequence[Placed]) -> str | None:
        mails = self._views.mails_to(f".{self._run}.")
        for order in (each.order for each in orders):
            address = order.customer.email
            receipts = [mail.order_id for mail in mails if mail.to == address]
            if not receipts:
                return f"order {order.id} has no receipt"
            if receipts != [str(order.id)]:  # no waiting makes that right
                text = f"{address} should have the receipt of {order.id}; has {receipts}"
                raise self._failure("emails", text)
        return None

    def _timelines_problem(self, orders: Sequence[Placed]) -> str | None:
        for order in (each.order for each in orders):
            if all(entry.service != "emails" for entry in self._views.timeline(order)):
                return f"the timeline of order {order.id} does not show its receipt"
        return None

    def _sales_problem(self, day: str, expected: Sales) -> str | None:
        found = self._views.sales(day)
        return None if found == expected else f"reports has {found} instead of {expected}"


def customer(run: str, number: int) -> Customer:
    """Somebody whose address nobody else has."""
    name = random.choice(PEOPLE)
    return Customer(email=f"{name.lower()}.{run}.{number}@example.com", name=name)


def goods() -> list[Line]:
    chosen = random.sample(GOODS, random.randint(1, len(GOODS)))
    return [
        Line(sku=sku, name=title, quantity=random.randint(1, 3), unit_price=price)
        for sku, title, price in chosen
    ]


def journey(placed: Placed, entries: Sequence[Entry]) -> str:
    """The order's steps as a table, each with its time since the order was sent to the API."""
    lines = [f"\nthe journey of order {placed.order.id}"]
    for entry in sorted(entries, key=lambda entry: entry.at):
        after = (entry.at - placed.at).total_seconds() * 1000
        lines.append(f"  {after:8.1f} ms  {entry.service:8} {entry.what}")
    return "\n".join(lines)
