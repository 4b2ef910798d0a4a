"""What became of an order: the other services' news, each once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from documents import order

from contracts import uuid7
from contracts.emails import EmailFailed, EmailSent
from contracts.reports import SalesRecorded
from mesh import Database, testing
from mesh.testing import around
from orders.tasks import consumer
from orders.wiring import Deps

Deliver = Callable[..., None]
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def deliver(database: Database) -> Deliver:
    return lambda *messages: testing.deliver(consumer, database, Deps(timedelta(minutes=30)), *messages)


@pytest.fixture
def placed(api: Any, tx: Any) -> str:
    """The path of an order."""
    return str(api.place(order()).headers["Location"])


def email_sent(path: str, *, kind: str = "receipt", minutes: int = 1) -> EmailSent:
    at = LATER + timedelta(minutes=minutes)
    return EmailSent(mail_id=uuid7(), kind=kind, order_id=_id(path), sent_at=at)


def sales_recorded(*paths: str) -> SalesRecorded:
    return SalesRecorded(order_ids=tuple(map(_id, paths)), recorded_at=LATER + timedelta(minutes=2))


def _id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def entries(api: Any, path: str) -> list[tuple[str, str]]:
    found = api.get(f"{path}/timeline").json["entries"]
    assert [e["at"] for e in found] == sorted(e["at"] for e in found)
    return [(e["service"], e["what"]) for e in found]


def test_it_begins_with_the_order(api: Any, placed: str) -> None:
    timeline = api.get(f"{placed}/timeline").json
    assert timeline["order_id"] == placed.rpartition("/")[2]
    [entry] = timeline["entries"]
    assert entry == {"at": api.get(placed).json["placed_at"], "service": "orders", "what": "order placed"}


def test_news_arrive(api: Any, placed: str, deliver: Deliver) -> None:
    deliver(sales_recorded(placed))
    deliver(email_sent(placed))
    assert entries(api, placed) == [
        ("orders", "order placed"),
        ("emails", "receipt sent"),
        ("reports", "sale recorded"),
    ]


def test_the_receipt_is_sent_when_its_mail_first_was(api: Any, placed: str, deliver: Deliver) -> None:
    assert api.get(placed).json["receipt_sent_at"] is None
    deliver(email_sent(placed, kind="reminder", minutes=1))
    assert api.get(placed).json["receipt_sent_at"] is None
    deliver(email_sent(placed, minutes=3))
    deliver(email_sent(placed, minutes=2))
    said = datetime.fromisoformat(api.get(placed).json["receipt_sent_at"])
    assert said == LATER + timedelta(minutes=2)


def test_a_mail_that_will_not_arrive_is_shown(api: Any, placed: str, deliver: Deliver) -> None:
    failed = EmailFailed(
        mail_id=uuid7(),
        kind="receipt",
        order_id=_id(placed),
        report_id=None,
        failed_at=LATER,
        reason="suppressed",
    )
    deliver(failed, failed.model_copy(update={"mail_id": uuid7(), "order_id": None, "report_id": uuid7()}))
    assert entries(api, placed)[1:] == [("emails", "receipt not sent: there is no such mailbox")]
    assert api.get(placed).json["receipt_sent_at"] is None


def test_a_redelivery_adds_nothing(api: Any, placed: str, deliver: Deliver) -> None:
    mail, sale = around(email_sent(placed)), around(sales_recorded(placed))
    for _ in range(2):
        deliver(mail, mail)
        deliver(sale)
    assert len(entries(api, placed)) == 3


def test_each_order_has_its_own(api: Any, tx: Any, deliver: Deliver) -> None:
    first, second, third = (str(api.place(order()).headers["Location"]) for _ in range(3))
    deliver(sales_recorded(first, second), sales_recorded(third))
    deliver(email_sent(second), email_sent(third))
    assert [len(entries(api, path)) for path in (first, second, third)] == [2, 3, 3]


def test_news_of_an_unknown_order_cost_nothing(api: Any, tx: Any, deliver: Deliver) -> None:
    unknown = f"/v1/orders/{uuid7()}"
    deliver(email_sent(unknown))
    api.get(unknown).problem(404)
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)


def test_the_answers_of_others_announce_nothing(placed: str, tx: Any, deliver: Deliver) -> None:
    tx.execute("TRUNCATE outbox")
    deliver(email_sent(placed))
    deliver(sales_recorded(placed))
    assert tx.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
