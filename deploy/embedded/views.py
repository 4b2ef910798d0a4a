"""What can be seen of the mesh from outside: its API, the mails, its reports."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded.mesh import Addresses, Service, environment
from meshwork_client import Meshwork
from meshwork_client.models import Customer, Entry, Line, Order


class DemoFailed(Exception):
    """Something is missing, twice or wrong; the text says what."""


@dataclass(frozen=True)
class Placed:
    """An order, and when it was sent to the API."""

    order: Order
    at: datetime

    @property
    def items(self) -> int:
        return sum(line.quantity for line in self.order.lines)


@dataclass(frozen=True)
class Mail:
    """A receipt that the catcher holds."""

    to: str
    order_id: str


@dataclass(frozen=True)
class Sales:
    """What was sold in euros, as `reports` counts it."""

    orders: int = 0
    items: int = 0
    revenue: int = 0  # minor units

    def plus(self, orders: Sequence[Placed]) -> "Sales":
        """What it must be after these orders."""
        items, revenue = sum(each.items for each in orders), sum(each.order.total for each in orders)
        return Sales(self.orders + len(orders), self.items + items, self.revenue + revenue)


class Views:
    """Each method looks once. All raise DemoFailed or MeshworkError where it is not what was agreed."""

    def __init__(self, at: Addresses, services: Sequence[Service], state: Path) -> None:
        if at.catcher is None:
            raise DemoFailed("the mails go to a server of yours: say in CATCHER_URL where its Mailpit API is")
        self._meshwork = Meshwork(at.orders, at.key)
        self._catcher = at.catcher
        [reports] = [service for service in services if service.name == "reports"]
        self._reports = reports.command
        self._environment = os.environ | environment("reports", at, state)

    def place(self, customer: Customer, lines: Sequence[Line]) -> Placed:
        """Order it."""
        at = datetime.now(UTC)
        order = self._meshwork.place_order(customer=customer, currency="EUR", lines=lines)
        if order.lines != lines or order.total != sum(line.quantity * line.unit_price for line in lines):
            raise DemoFailed(f"order {order.id} is not what was ordered: {order}")
        return Placed(order, at)

    def mails_to(self, part: str) -> list[Mail]:
        """Those to addresses that contain this, 1000 at the most."""
        query = urllib.parse.urlencode({"query": f"to:{part}", "limit": 1000})
        found = fetch(f"{self._catcher}/api/v1/search?{query}")["messages"]
        return [Mail(mail["To"][0]["Address"], self._order_of(mail["ID"])) for mail in found]

    def _order_of(self, mail: str) -> str:
        headers = fetch(f"{self._catcher}/api/v1/message/{mail}/headers")
        return str(headers.get("X-Order-Id", ["no order"])[0])

    def timeline(self, order: Order) -> list[Entry]:
        """The order's journey so far."""
        return self._meshwork.get_timeline(order.id).entries

    def sales(self, day: str) -> Sales:
        """What was sold that day, YYYY-MM-DD in UTC."""
        program = [*self._reports, "sales", day, "--json"]
        ended = subprocess.run(program, env=self._environment, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise DemoFailed(f"`reports sales` ended with exit code {ended.returncode}:\n{ended.stderr}")
        for line in json.loads(ended.stdout)["currencies"]:
            if line["currency"] == "EUR":
                return Sales(line["orders"], line["items"], line["revenue"])
        return Sales()


def fetch(url: str) -> Any:
    """The JSON that is there."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise DemoFailed(f"GET {url} answered {error.code}: {error.read()[:500]!r}") from error
    except OSError as error:
        raise DemoFailed(f"GET {url}: {error}") from error
