"""Facts beside the orders service: its real API, on a database of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api import Api, new_key, served
from commands import run
from tables import emptied

from contracts import Envelope
from contracts.reports import ReconcileDay, SalesRecorded
from mesh import Database, testing
from mesh.database import Tx
from mesh.testing import sent
from reports.sources.orders_api import Shop
from reports.store import figures, reconciled
from reports.tasks import consumer
from reports.usecases import reconciling
from reports.wiring import Deps

ORDER = {
    "customer": {"email": "ada@example.com", "name": "Ada", "locale": "en", "country": "GB"},
    "currency": "EUR",
    "lines": [{"sku": "T-1", "name": "Tea", "quantity": 2, "unit_price": 450}],
}


_ANNOUNCED = """
    SELECT envelope FROM outbox WHERE starts_with(name, 'orders.order_') AND name <> %s ORDER BY seq
"""


@pytest.fixture(scope="session")
def orders_url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="session")
def api(orders_url: str) -> Iterator[Api]:
    with served(orders_url) as api:
        yield api


@pytest.fixture
def orders(orders_url: str, api: Api) -> Iterator[Tx]:
    with emptied(orders_url) as tx:
        yield tx


@pytest.fixture
def base(api: Api) -> str:
    return f"http://127.0.0.1:{api.port}"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is too new here."""
    monkeypatch.setattr(reconciling, "SETTLED", timedelta(0))


class Mesh:
    """Both services."""

    def __init__(self, api: Api, orders: Tx, database: Database, tx: Tx, deps: Deps) -> None:
        self.api, self.orders, self.database, self.tx, self.deps = api, orders, database, tx, deps
        self.day = datetime.now(UTC).date()

    def place(self, count: int = 1) -> list[str]:
        return [answer.json["id"] for answer in self.api.place_at_once(*[ORDER] * count)]

    def change(self, order: str, to: str, document: Any = None) -> None:
        answer = self.api.post(f"/v1/orders/{order}/{to}", document)
        assert answer.status == 200, answer.text

    def arrive(self, but: str = "") -> None:
        """What orders has announced arrives; of what is named so, nothing does."""
        for [document] in self.orders.execute(_ANNOUNCED, (but,)).fetchall():
            testing.deliver(consumer, self.database, self.deps, Envelope.read(document))
        self.settle()

    def settle(self) -> None:
        testing.settle(consumer, self.database, self.deps, self.tx)

    def deliver(self) -> None:
        testing.deliver(consumer, self.database, self.deps, ReconcileDay(day=self.day))
        self.settle()

    def reconcile(self) -> list[tuple[str, bool]]:
        self.deliver()
        found = reconciled.listed(self.tx, self.day, self.day)
        self.tx.execute("TRUNCATE reconciled")
        return [(each.what, each.landed) for each, _ in found]

    def sales(self) -> tuple[int, ...]:
        row = self.tx.execute(
            "SELECT orders, revenue, cancelled, refunds, refunded_revenue FROM days"
        ).fetchone()
        return tuple(map(int, row or ()))


@pytest.fixture
def mesh(api: Api, orders: Tx, database: Database, tx: Tx, base: str) -> Mesh:
    return Mesh(api, orders, database, tx, Deps(None, shops=[Shop("tests", base, api.key)]))


def test_what_never_arrived_lands(mesh: Mesh) -> None:
    mesh.place(230)
    mesh.arrive()
    lost = "DELETE FROM {} WHERE order_id IN (SELECT order_id FROM {} LIMIT 150)"
    mesh.tx.execute(lost.format("orders", "orders"))
    for table in ("landed", "counted"):
        mesh.tx.execute(f"DELETE FROM {table} WHERE order_id NOT IN (SELECT order_id FROM orders)")
    mesh.tx.execute("TRUNCATE days, hours, outbox")
    assert mesh.reconcile() == [("missing here: order_placed", True)] * 150
    assert mesh.sales() == (230, 230 * 900, 0, 0, 0)
    assert len([id for told in sent(mesh.tx, SalesRecorded) for id in told.order_ids]) == 150
    assert mesh.reconcile() == []
    mesh.arrive()
    assert mesh.sales()[0] == 230


def test_what_became_of_orders_lands_too(mesh: Mesh) -> None:
    cancelled, refunded, paid = mesh.place(3)
    mesh.arrive()
    mesh.change(cancelled, "cancel", {})
    mesh.change(refunded, "pay")
    mesh.change(refunded, "refunds", {"amount": 300})
    mesh.change(paid, "pay")
    assert sorted(mesh.reconcile()) == [
        ("missing here: order_cancelled", True),
        ("missing here: order_paid", True),
        ("missing here: order_paid, order_refunded", True),
    ]
    assert mesh.sales() == (3, 2700, 1, 1, 300)
    assert mesh.reconcile() == []
    mesh.arrive()
    assert mesh.sales() == (3, 2700, 1, 1, 300)


def test_a_refund_that_is_here_is_not_counted_again(mesh: Mesh) -> None:
    [order] = mesh.place()
    mesh.change(order, "pay")
    mesh.change(order, "refunds", {"amount": 300})
    mesh.arrive(but="orders.order_placed")
    assert mesh.reconcile() == [("missing here: order_placed, order_paid", True)]
    assert mesh.sales() == (1, 900, 0, 1, 300)


def test_a_part_of_a_refund_that_was_lost_is_told(mesh: Mesh) -> None:
    [order] = mesh.place()
    mesh.change(order, "pay")
    mesh.change(order, "refunds", {"amount": 300})
    mesh.change(order, "refunds", {"amount": 200})
    mesh.arrive()
    mesh.tx.execute("DELETE FROM refunds WHERE refunded = 300")
    assert mesh.reconcile() == [("refunded 500 there, 200 here", False)]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE days SET orders = orders + 1",
        "UPDATE days SET refunded_amount = refunded_amount - 1",
        "DELETE FROM days",
    ],
)
def test_figures_that_are_not_what_orders_add_up_to_are_made_again(mesh: Mesh, damage: str) -> None:
    order, cancelled = mesh.place(2)
    mesh.change(order, "pay")
    mesh.change(order, "refunds", {"amount": 300})
    mesh.change(cancelled, "cancel", {})
    mesh.arrive()
    right = mesh.sales()
    assert right == (2, 1800, 1, 1, 300)
    assert not figures.strayed(mesh.tx, mesh.day)
    mesh.tx.execute(damage)
    mesh.deliver()
    assert mesh.sales() == right


def test_what_is_mended_is_not_shown_any_more(mesh: Mesh) -> None:
    [placed] = mesh.place()
    mesh.arrive()
    mesh.tx.execute("UPDATE orders SET total = 1")
    mesh.deliver()
    mesh.tx.execute("UPDATE orders SET total = 900")
    assert mesh.reconcile() == [], placed


def test_what_no_message_mends_is_told(mesh: Mesh) -> None:
    placed, _ = mesh.place(2)
    mesh.arrive()
    mesh.tx.execute("UPDATE orders SET total = 1, cancelled_at = now() WHERE order_id = %s", (placed,))
    mesh.orders.execute("DELETE FROM orders WHERE id <> %s", (placed,))
    before = mesh.sales()
    assert sorted(mesh.reconcile()) == [
        ("placed there, cancelled here", False),
        ("tests EUR 900 there, tests EUR 1 here", False),
        ("unknown there", False),
    ]
    assert mesh.sales() == before


def test_orders_of_elsewhere_are_not_missed_there(mesh: Mesh) -> None:
    mesh.place()
    mesh.arrive()
    mesh.tx.execute("UPDATE landed SET id = order_id")
    mesh.orders.execute("DELETE FROM orders")
    assert mesh.reconcile() == []


def test_what_has_just_changed_is_left_alone(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "SETTLED", timedelta(minutes=10))
    mesh.place()
    assert mesh.reconcile() == []


def test_each_account_by_its_own_key(mesh: Mesh, orders_url: str, base: str) -> None:
    key = new_key(orders_url, "books")
    mesh.deps = Deps(None, shops=[*mesh.deps.shops, Shop("books", base, key)])
    mesh.place()
    mesh.api.place(ORDER, Authorization=f"Bearer {key}")
    mesh.reconcile()
    accounts = [row[0] for row in mesh.tx.execute("SELECT account FROM days ORDER BY account")]
    assert accounts == ["books", "tests"]


def test_a_key_that_opens_nothing(mesh: Mesh, base: str) -> None:
    mesh.deps = Deps(None, shops=[Shop("tests", base, "mw_none")])
    mesh.reconcile()
    [[why]] = mesh.tx.execute("SELECT error FROM dead_letters").fetchall()
    assert "orders API, account tests: it said 401" in why


def test_the_command(mesh: Mesh, url: str, base: str) -> None:
    [order] = mesh.place()
    mesh.orders.execute("UPDATE orders SET changed_at = now() - interval '1 hour'")
    day = str(mesh.day)
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused", "ORDERS_URL": base}
    asked = ("reports", "reconcile", "--from", day, "--to", day)
    code, output, _ = run(*asked, **environment, ORDERS_KEYS=f"tests={mesh.api.key}")
    line = f"{day}  tests  {order}  missing here: order_placed: landed"
    assert (code, output.splitlines()) == (0, [f"{day}  1 orders, 1 differences", line])
    assert run(*asked, "--show", **environment)[1].startswith(f"{line}  found ")
    assert run(*asked, **environment)[1] == "ORDERS_KEYS names no account: nothing is reconciled\n"
    mesh.settle()
    assert mesh.sales()[0] == 1


def test_keys_without_an_account_or_an_api(url: str) -> None:
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    asked = ("reports", "reconcile", "--from", "2026-11-21", "--to", "2026-11-21")
    for more in ({"ORDERS_KEYS": "shop=s3cr3t"}, {"ORDERS_KEYS": "s3cr3t", "ORDERS_URL": "http://api"}):
        code, _, errors = run(*asked, **environment, **more)
        assert (code, "ORDERS_KEYS: " in errors, "s3cr3t" in errors) == (2, True, False)
