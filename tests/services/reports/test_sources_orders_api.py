"""Orders as an API tells them that is away, or busy: what passes is asked again, half of a day is nothing."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Event, Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from outcomes import due
from programs import eventually

from contracts.reports import ReconcileDay
from embedded.ports import free_port
from mesh import Database, Tx, Unavailable, testing
from reports.sources import orders_api
from reports.sources.fetching import SourceAway, SourceUnfit
from reports.sources.orders_api import Order, Shop, placed
from reports.tasks import consumer
from reports.wiring import Deps

DAY = date(2026, 3, 1)
SINCE = datetime.combine(DAY, time(), UTC)
WINDOWS = [str(n * 6) for n in range(4)]
"""Of a day, by the hour that each begins with."""
SOON = 20.0  # seconds for requests that come at once: a machine that is busy is merely slow
KEY = "mw_s3cr3t"


class Asked(NamedTuple):
    window: str
    after: str | None
    """The last order of the page before."""


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b""
    cut: int = 0
    """So many bytes more are promised."""


class Api:
    """Answers as `says` does: of each window, two pages of an order each."""

    def __init__(self) -> None:
        self.orders = {window: (str(uuid4()), str(uuid4())) for window in WINDOWS}
        self.seen: list[Asked] = []
        self.says: Callable[[Asked], Answer] = self.page
        self.url = ""

    def page(self, asked: Asked) -> Answer:
        first, second = self.orders[asked.window]
        shown, older = (second, None) if asked.after == first else (first, "/v1/orders?after=")
        return Answer(body=json.dumps({"orders": [order(shown, asked.window)], "older": older}).encode())

    def found(self) -> set[UUID]:
        return {UUID(id) for pair in self.orders.values() for id in pair}


def order(id: str, window: str) -> dict[str, Any]:
    return {
        "id": id,
        "status": "placed",
        "version": 1,
        "placed_at": (SINCE + timedelta(hours=int(window))).isoformat(),
        "changed_at": None,
        "customer": {"email": "ada@example.com", "name": "Ada", "locale": "en", "country": "GB"},
        "currency": "EUR",
        "lines": [{"sku": "T-1", "name": "Tea", "quantity": 2, "unit_price": 450}],
        "total": 900,
        "refunded": 0,
    }


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    quickly = orders_api._RETRIES.new(backoff_factor=0.01, backoff_jitter=0.01)
    monkeypatch.setattr(orders_api, "_RETRIES", quickly)
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            hour = str(datetime.fromisoformat(query["placed_since"]).hour)
            asked = Asked(hour, query.get("after"))
            api.seen.append(asked)
            status, body, cut = api.says(asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + cut))
            self.send_header("Retry-After", "3600")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,)).start()
        api.url = f"http://127.0.0.1:{server.server_port}"
        yield api
        server.shutdown()


def ask(*shops: Shop) -> list[Order]:
    return placed(shops, SINCE, SINCE + timedelta(days=1))


def test_windows_are_asked_at_once_and_never_more_than_four(api: Api) -> None:
    """As the server sees it: first pages wait there for each other, four of the eight of two accounts."""
    first_pages, lock, there, most = Barrier(4), Lock(), 0, 0

    def says(asked: Asked) -> Answer:
        nonlocal there, most
        with lock:
            there += 1 if asked.after is None else -1  # windows, whose second page is the last
            most = max(most, there)
        if asked.after is None:
            first_pages.wait(SOON)
        return api.page(asked)

    api.says = says
    found = ask(Shop("books", api.url, KEY), Shop("tea", api.url, KEY))
    assert most == 4
    assert sorted((each.account, each.id) for each in found) == sorted(
        (account, id) for account in ("books", "tea") for id in api.found()
    )
    for window, (first, _) in api.orders.items():
        assert sorted(str(asked.after) for asked in api.seen if asked.window == window) == sorted(
            2 * ["None", first]
        )


@pytest.mark.parametrize(
    "passing",
    [Answer(429), Answer(500), Answer(502), Answer(503), Answer(504), Answer(body=b"half", cut=1000)],
)
def test_what_passes_is_asked_again(api: Api, passing: Answer) -> None:
    """Also in the middle of a window; and nobody waits as long as the server says, which is an hour."""
    refused = [Asked("6", None), Asked("12", api.orders["12"][0]), Asked("12", api.orders["12"][0])]
    left = Counter(refused)

    def says(asked: Asked) -> Answer:
        left[asked] -= 1
        return passing if left[asked] >= 0 else api.page(asked)

    api.says = says
    found = [each.id for each in ask(Shop("shop", api.url, KEY))]
    assert len(found) == len(api.found())
    assert set(found) == api.found()
    assert Counter(api.seen) - Counter(set(api.seen)) == Counter(refused)


@pytest.mark.parametrize(
    ("answer", "raised", "times", "why"),
    [
        (Answer(429), SourceAway, 5, "orders API, account shop: MaxRetryError"),
        (Answer(503), SourceAway, 5, "orders API, account shop: MaxRetryError"),
        (Answer(body=b"half", cut=1000), SourceAway, 5, "orders API, account shop: "),
        (Answer(401), SourceUnfit, 1, "orders API, account shop: it said 401"),
        (Answer(302), SourceUnfit, 1, "orders API, account shop: it said 302"),
        (Answer(body=b'{"orders": [{"email": "ada@"}]}'), SourceUnfit, 1, "that is no page of orders"),
    ],
)
def test_where_one_window_fails_there_are_no_orders_and_the_others_are_left(
    api: Api, answer: Answer, raised: type[Exception], times: int, why: str
) -> None:
    """The others would have pages without end."""
    others = Event()

    def says(asked: Asked) -> Answer:
        if asked.window != "12":
            others.set()
            more = {"orders": [order(str(uuid4()), asked.window)], "older": "/v1/orders?after="}
            return Answer(body=json.dumps(more).encode())
        others.wait(SOON)
        return answer

    api.says = says
    with pytest.raises(raised) as found:
        ask(Shop("shop", api.url, KEY))
    assert why in str(found.value)
    assert not [part for part in ("ada@", KEY) if part in str(found.value)]
    assert len([asked for asked in api.seen if asked.window == "12"]) == times
    if isinstance(found.value, Unavailable):
        assert 60 <= (found.value.after or 0) <= 90
    eventually(lambda: not [each for each in threading.enumerate() if "orders-api" in each.name], "they end")


def test_an_api_that_is_not_there(api: Api) -> None:
    with pytest.raises(SourceAway, match="orders API, account shop: MaxRetryError"):
        ask(Shop("shop", f"http://127.0.0.1:{free_port()}", KEY))


def test_a_day_that_was_read_by_half_is_reconciled_when_the_api_is_back(
    api: Api, database: Database, tx: Tx
) -> None:
    """Away after half of the pages: nothing lands of those, no attempt is used up, and it comes again."""
    deps = Deps(None, shops=[Shop("shop", api.url, KEY)])
    lost = [first for first, _ in api.orders.values()]
    api.says = lambda asked: Answer(503) if asked.after in lost else api.page(asked)
    testing.deliver(consumer, database, deps, ReconcileDay(day=DAY))
    assert due(tx) == [("reports.v1", 0)]
    for table in ("landed", "reconciled", "dead_letters"):
        assert tx.execute(f"SELECT 1 FROM {table}").fetchall() == [], table
    api.says = api.page
    testing.settle(consumer, database, deps, tx)
    assert {row[0] for row in tx.execute("SELECT order_id FROM landed")} == api.found()
    assert tx.execute("SELECT orders FROM days").fetchone() == (len(api.found()),)
    assert due(tx) == []
