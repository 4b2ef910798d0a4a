"""What can be seen of the mesh from outside: its API, the mails, its reports."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from embedded.mesh import Addresses, Service, environment


class DemoFailed(Exception):
    """Something is missing, twice or wrong; the text says what."""


@dataclass(frozen=True)
class Order:
    """An order that was placed."""

    id: str
    email: str
    items: int
    total: int  # minor units
    placed: datetime


@dataclass(frozen=True)
class Mail:
    """A receipt that the catcher holds."""

    to: str
    order_id: str


@dataclass(frozen=True)
class Entry:
    """A step of an order's journey."""

    at: datetime
    service: str
    what: str


@dataclass(frozen=True)
class Sales:
    """What was sold in euros, as `reports` counts it."""

    orders: int = 0
    items: int = 0
    revenue: int = 0  # minor units

    def plus(self, orders: Sequence[Order]) -> "Sales":
        """What it must be after these orders."""
        items, revenue = sum(order.items for order in orders), sum(order.total for order in orders)
        return Sales(self.orders + len(orders), self.items + items, self.revenue + revenue)


class Views:
    """Each method looks once. All raise DemoFailed where the answer is not what was agreed."""

    def __init__(self, at: Addresses, services: Sequence[Service], state: Path) -> None:
        if at.catcher is None:
            raise DemoFailed("the mails go to a server of yours: say in CATCHER_URL where its Mailpit API is")
        self._orders, self._key, self._catcher = at.orders, at.key, at.catcher
        [reports] = [service for service in services if service.name == "reports"]
        self._reports = reports.command
        self._environment = os.environ | environment("reports", at, state)

    def place(self, order: Mapping[str, Any]) -> Order:
        """Order it."""
        placed = datetime.now(UTC)
        answer = fetch(f"{self._orders}/v1/orders", order, key=self._key)
        return Order(
            id=answer["id"],
            email=order["customer"]["email"],
            items=sum(line["quantity"] for line in order["lines"]),
            total=sum(line["quantity"] * line["unit_price"] for line in order["lines"]),
            placed=placed,
        )

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
        entries = fetch(f"{self._orders}/v1/orders/{order.id}/timeline", key=self._key)["entries"]
        return [Entry(datetime.fromisoformat(each["at"]), each["service"], each["what"]) for each in entries]

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


def fetch(url: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
    """GET, or POST of the body, which must create something: the answer's JSON."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, headers=headers)
    if body is not None:
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            if body is not None and (answer.status != HTTPStatus.CREATED or not answer.headers["Location"]):
                raise DemoFailed(f"POST {url} answered {answer.status} without creating anything")
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise DemoFailed(
            f"{request.get_method()} {url} answered {error.code}: {error.read()[:500]!r}"
        ) from error
    except OSError as error:
        raise DemoFailed(f"{request.get_method()} {url}: {error}") from error
