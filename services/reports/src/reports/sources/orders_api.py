"""Orders of an account as the orders service's HTTP API tells them, page by page.

    shop = Shop("shop", "https://orders.example", key)
    placed([shop, …], since, until)      # of all of them, several pages at a time

Raises SourceAway, an Unavailable, where time helps, and SourceUnfit, a Reject, where nothing does.
"""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from threading import Event
from urllib.parse import urlencode
from uuid import UUID

import urllib3
from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from urllib3.exceptions import HTTPError

from reports.sources import urls
from reports.sources.fetching import SourceAway, SourceUnfit

_PAGE = 100  # the most that the API gives at once
_AT_ONCE = 4  # requests: the API has others to answer
_WINDOWS = 4  # parts of the time asked for, each of which is a chain of pages
_RETRIES = urllib3.Retry(
    4,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    respect_retry_after_header=False,  # it may say any time; the message comes again by itself
)
_TIMEOUT = urllib3.Timeout(connect=5, read=30)
_LATER = 60.0  # seconds until it is tried again


class Customer(BaseModel):
    email: str = Field(repr=False)
    name: str = Field(repr=False)
    locale: str
    country: str | None = None


class Line(BaseModel):
    sku: str
    name: str
    quantity: int
    unit_price: int


class Order(BaseModel):
    """As it is now."""

    id: UUID
    status: str
    version: int
    placed_at: AwareDatetime
    changed_at: AwareDatetime | None
    customer: Customer
    currency: str
    lines: list[Line]
    total: int
    refunded: int
    account: str = ""
    """Whose key showed it."""


class _Page(BaseModel):
    orders: list[Order]
    older: str | None


class Shop:
    """One account's orders. For any number of threads."""

    def __init__(self, account: str, url: str, key: str) -> None:
        """Raises ValueError, which may be shown."""
        self.account = account
        self._url = urls.checked(url).rstrip("/")
        self._http = urllib3.PoolManager(
            maxsize=_AT_ONCE, retries=_RETRIES, timeout=_TIMEOUT, headers={"Authorization": f"Bearer {key}"}
        )

    def placed(self, since: datetime, until: datetime, stopped: Event) -> Iterator[Order]:
        """Those that were placed at `since` or later, and before `until`; the newest first. Ends early where
        nobody waits for them any more."""
        asked = {"placed_since": since.isoformat(), "placed_until": until.isoformat(), "limit": str(_PAGE)}
        while not stopped.is_set():
            page = self._page(asked)
            for order in page.orders:
                yield order.model_copy(update={"account": self.account})
            if not (page.older and page.orders):
                return
            asked["after"] = str(page.orders[-1].id)  # `older` names a host as the API sees it

    def _page(self, asked: dict[str, str]) -> _Page:
        try:
            answer = self._http.request("GET", f"{self._url}/v1/orders?{urlencode(asked)}", redirect=False)
        except HTTPError as error:
            after = _LATER * random.uniform(1.0, 1.5)
            raise SourceAway(
                f"orders API, account {self.account}: {type(error).__name__}", after=after
            ) from None
        if answer.status != 200:
            raise SourceUnfit(f"orders API, account {self.account}: it said {answer.status}")
        try:
            return _Page.model_validate_json(answer.data)
        except ValidationError:  # its text may quote what is personal
            raise SourceUnfit(f"orders API, account {self.account}: that is no page of orders") from None


def placed(shops: Iterable[Shop], since: datetime, until: datetime) -> list[Order]:
    """Of all of them, each one's time in parts that are read at once."""
    step = (until - since) / _WINDOWS
    windows = [(since + n * step, since + (n + 1) * step) for n in range(_WINDOWS)]
    stopped = Event()
    threads = ThreadPoolExecutor(_AT_ONCE, "orders-api")
    try:
        parts: list[Future[list[Order]]] = [
            threads.submit(list, shop.placed(*each, stopped)) for shop in shops for each in windows
        ]
        for part in as_completed(parts):
            part.result()  # raises what is the first to fail
        return [order for part in parts for order in part.result()]
    finally:  # where one failed, the others are not read to their end
        stopped.set()
        threads.shutdown(wait=False, cancel_futures=True)
