"""A real browser on the demo page, the orders API, the emails service, and a push service of ours.

What is not real: Chromium subscribes at Google's push service, which no test reaches, so
`PushManager.subscribe` answers for it, and what is pushed goes to ours; what ours was sent is handed to the
browser by DevTools, as Chromium hands it to the page's worker once it has opened it.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from api import Api, served
from playwright.sync_api import Browser, BrowserContext, expect
from programs import eventually
from pushed import PUBLIC, SETTINGS, Pushes
from pushserver import Browser as Subscriber
from pushserver import PushServer
from tables import emptied

from contracts.emails import AddPushSubscription, RemovePushSubscription
from emails.settings import Settings
from emails.wiring import open_deps
from mesh.database import Tx
from mesh.testing import sent

GOOGLES = "https://fcm.googleapis.com/fcm/send/c0ffee:APA91b"
_SUBSCRIBES = """({endpoint, keys}) => {
    let made = null;
    PushManager.prototype.getSubscription = async () => made;
    PushManager.prototype.subscribe = async (options) => (made = {
        endpoint, options, toJSON: () => ({endpoint, keys}),
        unsubscribe: async () => { made = null; return true; },
    });
}"""
_SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    return (await worker.getNotifications()).map(
        ({title, body, tag, data}) => ({title, body, url: data.url, tag}));
}"""


class Demo:
    """The page in a browser, and what went wrong in it."""

    def __init__(self, context: BrowserContext, address: str, key: str) -> None:
        self.page = context.new_page()
        self.address = address
        self._key = key
        self.wrong: list[str] = []
        self._workers: list[str] = []
        self._tools = context.new_cdp_session(self.page)
        self._tools.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self._tools.send("ServiceWorker.enable")
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def open(self) -> None:
        self.page.goto(f"{self.address}/push-demo")

    def subscribe(self, key: str | None = None) -> None:
        self.page.get_by_label("Key of the API").fill(key or self._key)
        self.page.get_by_label("Email of the customer").fill("ada@example.com")
        self.page.get_by_role("button", name="Notify me").click()

    def hand_over(self, document: Any) -> None:
        """As Chromium does with a push that it has opened."""
        [worker] = set(self._workers)
        told = {"origin": self.address, "registrationId": worker, "data": json.dumps(document)}
        self._tools.send("ServiceWorker.deliverPushMessage", told)

    def shown(self) -> Any:
        """The notifications on the screen."""
        return self.page.evaluate(_SHOWN)

    def expect(self, step: str, state: str, text: str = "") -> None:
        expect(self.page.locator(f"#{step}[data-state={state}]")).to_contain_text(text)

    def _registered(self, told: Any) -> None:
        self._workers += [each["registrationId"] for each in told["registrations"] if not each["isDeleted"]]


@pytest.fixture(scope="module")
def orders(new_database: Callable[[str], str]) -> Iterator[Api]:
    url = new_database("orders.migrations")
    with served(url, push_demo=True, vapid_public_key=PUBLIC) as api:
        yield api


@pytest.fixture
def heard(orders: Api) -> Iterator[Tx]:
    """What the API tells emails."""
    with emptied(orders.url) as tx:
        yield tx


@pytest.fixture
def pushes(new_database: Callable[[str], str], opened: Any) -> Iterator[Pushes]:
    url = new_database("emails.migrations")
    with open_deps(Settings(database_url=url, **SETTINGS)) as deps, emptied(url) as tx:
        yield Pushes(opened(url), deps, tx)


@pytest.fixture
def service() -> Iterator[PushServer]:
    with PushServer() as service:
        yield service


@pytest.fixture
def subscriber(service: PushServer) -> Subscriber:
    return service.browser()


@pytest.fixture
def demo(browser: Browser, orders: Api, subscriber: Subscriber) -> Iterator[Demo]:
    address = f"http://127.0.0.1:{orders.port}"
    with browser.new_context(viewport={"width": 800, "height": 1020}) as context:
        context.grant_permissions(["notifications"], origin=address)
        made = json.dumps({"endpoint": GOOGLES, "keys": subscriber.keys})
        context.add_init_script(f"({_SUBSCRIBES})({made})")
        demo = Demo(context, address, orders.key)
        demo.open()
        yield demo


def test_a_browser_shows_what_is_pushed_to_it(
    demo: Demo, heard: Tx, pushes: Pushes, service: PushServer, subscriber: Subscriber
) -> None:
    demo.subscribe()
    demo.expect("registration", "done", "ada@example.com")
    [wish] = sent(heard, AddPushSubscription)
    assert wish.endpoint == GOOGLES
    pushes.deliver(wish.model_copy(update={"endpoint": subscriber.endpoint}))
    pushes.push(account=wish.account)
    [document] = service.told(subscriber)
    demo.hand_over(document)
    eventually(lambda: demo.shown() == [document], "it is on the screen")
    assert demo.wrong == []


def test_later_news_of_the_same_takes_its_place(demo: Demo) -> None:
    demo.subscribe()
    demo.expect("registration", "done")
    news = {"title": "On its way", "body": "With DHL.", "url": None, "tag": "order-1"}
    for document in (news, news, news | {"title": "Delivered"}, news | {"tag": "order-2"}):
        demo.hand_over(document)
    eventually(lambda: len(demo.shown()) == 2, "there is one of each order")
    assert {each["title"] for each in demo.shown()} == {"Delivered", "On its way"}


def test_it_can_be_tried_without_an_order_and_stopped(demo: Demo, heard: Tx) -> None:
    demo.subscribe()
    demo.page.get_by_role("button", name="Show me one").click()
    eventually(lambda: len(demo.shown()) == 1, "it is on the screen")
    demo.page.get_by_role("button", name="Stop").click()
    expect(demo.page.locator("#registration")).to_contain_text("Not any more.")
    [goodbye] = sent(heard, RemovePushSubscription)
    assert goodbye.endpoint == GOOGLES
    assert demo.wrong == []


def test_it_says_what_went_wrong(demo: Demo) -> None:
    demo.subscribe("mw_wrong")
    demo.expect("registration", "wrong", "key")
    expect(demo.page.get_by_role("button", name="Notify me")).to_be_enabled()


def test_who_does_not_permit_it_is_told_how_to(demo: Demo) -> None:
    demo.page.context.clear_permissions()
    demo.page.evaluate("Notification.requestPermission = async () => 'denied'")
    demo.subscribe()
    demo.expect("permission", "wrong", "browser's settings")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(demo: Demo, scheme: Any) -> None:
    demo.page.emulate_media(color_scheme=scheme)
    demo.page.set_viewport_size({"width": 360, "height": 800})
    demo.subscribe()
    demo.expect("registration", "done")
    assert demo.page.evaluate("document.documentElement.scrollWidth") == 360
