"""Pushes on their way to a push service and the browsers behind it: once, in secret, to whom it concerns."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
import urllib3
from cryptography.exceptions import InvalidSignature
from pushed import ADA, PUBLIC, Pushes, push
from pushserver import PushServer

from contracts.emails import DeliverPush, PushSent, SendNotice, SendPush
from emails.push import keys, notification, pusher
from emails.push.hosts import Hosts
from emails.usecases import pushes as usecases
from mesh.testing import around, raw, sent

ORDER = uuid4()


def notice(**changes: Any) -> SendNotice:
    said = {"account": "shop", "order_id": ORDER, "recipient": ADA, "what": "paid"}
    return SendNotice(**said | {"currency": "EUR", "amount": 900} | changes)


def test_every_browser_of_a_person_is_told(pushes: Pushes, service: PushServer, tx: Any) -> None:
    desktop, phone = service.browser(), service.browser()
    pushes.deliver(desktop.subscribed(), phone.subscribed())
    pushes.push()
    document = {"title": "Your order is on its way", "body": "With DHL.", "tag": "order-1"}
    for browser in (desktop, phone):
        assert service.told(browser) == [document | {"url": "https://shop.example/orders/1"}]


def test_a_push_says_who_sends_it_and_how_urgent_it_is(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    pushes.push(ttl=600, urgency="high")
    [got] = service.received
    assert got.claims(PUBLIC) | {"exp": 0} == {
        "aud": service.origin,
        "sub": "mailto:orders@meshwork.example",
        "exp": 0,
    }
    named = ("content-encoding", "ttl", "urgency", "x-wns-cache-policy")
    assert [got.headers[name] for name in named] == ["aes128gcm", "600", "high", "cache"]
    assert got.headers["topic"] == notification.topic("order-1")
    assert b"DHL" not in got.body
    with pytest.raises((InvalidSignature, AssertionError)):
        got.claims(keys.pair()[1])


def test_what_was_taken_is_announced(pushes: Pushes, service: PushServer, tx: Any) -> None:
    started = datetime.now(UTC)
    pushes.deliver((browser := service.browser()).subscribed())
    envelope = around(push())
    pushes.deliver(envelope)
    pushes.deliver(*sent(tx, DeliverPush))
    [announced] = sent(tx, PushSent)
    assert (announced.push_id, announced.subscription_id) == (envelope.id, browser.id())
    assert announced.kind == "shipping"
    assert started <= announced.sent_at <= datetime.now(UTC)


def test_a_duplicate_is_not_sent_again(pushes: Pushes, service: PushServer, tx: Any) -> None:
    pushes.deliver(service.browser().subscribed())
    wanted = around(push())
    pushes.deliver(wanted, wanted)
    pushes.deliver(wanted)
    [command] = sent(tx, DeliverPush)
    each = around(command)
    pushes.deliver(each, each)
    pushes.deliver(each)
    assert len(service.received) == len(sent(tx, PushSent)) == 1


def test_one_account_hears_nothing_of_another(pushes: Pushes, service: PushServer) -> None:
    ours, theirs = service.browser(), service.browser()
    pushes.deliver(ours.subscribed(), theirs.subscribed(account="other"))
    pushes.push()
    pushes.push(account=None)
    pushes.push(recipient=ADA.model_copy(update={"email": "bob@example.com"}))
    assert (len(service.told(ours)), service.told(theirs)) == (1, [])


def test_addresses_are_one_however_they_are_written(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed(email="Ada@Example.COM"))
    pushes.push(recipient=ADA.model_copy(update={"email": "aDA@example.com"}))
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    pushes: Pushes, service: PushServer, tx: Any, status: int
) -> None:
    pushes.deliver((browser := service.browser()).subscribed())
    service.answers(status)
    pushes.push()
    assert (pushes.send(), sent(tx, PushSent), pushes.dead(), pushes.waiting()) == ([], [], [], [])
    pushes.deliver(browser.subscribed())  # asked again, it is there again
    service.answers(201)
    pushes.push()
    assert len(service.told(browser)) == 2


def test_what_was_added_while_a_push_was_on_its_way_stays(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver((browser := service.browser()).subscribed())
    [command] = pushes.send()
    service.answers(410)
    with pushes.tx.transaction():
        effect = usecases.deliver(command, datetime.now(UTC), pushes.tx, pushes.deps.pusher)
    assert effect
    outcome = effect.perform()
    pushes.deliver(browser.subscribed())
    with pushes.tx.transaction():
        effect.then(pushes.tx, outcome)
    assert len(pushes.send()) == 1


@pytest.mark.parametrize("status", [406, 429, 502, 503, 504])
def test_a_service_that_is_busy_is_waited_for_and_costs_no_attempt(
    pushes: Pushes, service: PushServer, status: int
) -> None:
    pushes.deliver(service.browser().subscribed())
    service.answers(status, Retry_After="120")
    pushes.push()
    [(tries, after)] = pushes.waiting()
    assert tries == 0
    assert 115 < after <= 180
    assert pushes.dead() == []


def test_it_may_ask_for_an_hour_and_not_for_more(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    for wanted in ("86400", "Fri, 31 Dec 2999 23:59:59 GMT"):
        service.answers(429, Retry_After=wanted)
        pushes.push()
    assert all(3595 < after <= 5400 for _, after in pushes.waiting())
    service.answers(429, Retry_After="soon")
    pushes.push()
    assert min(after for _, after in pushes.waiting()) < 100


def test_an_error_of_the_service_is_tried_again(pushes: Pushes, service: PushServer, tx: Any) -> None:
    pushes.deliver(service.browser().subscribed())
    [command] = pushes.send()
    service.answers(500, 201)
    envelope = around(command)
    pushes.deliver(envelope)
    assert [tries for tries, _ in pushes.waiting()] == [1]
    pushes.deliver(raw(envelope, "emails", retries=1))
    assert len(service.received) == 2
    assert len(sent(tx, PushSent)) == 1


REFUSED = [
    (400, "the push is not as it wants it"),
    (401, "the browser did not subscribe with this VAPID key"),
    (403, "the browser did not subscribe with this VAPID key"),
    (413, "the push is too large for it"),
    (418, "it refuses"),
]


@pytest.mark.parametrize(("status", "why"), REFUSED)
def test_what_will_never_be_taken_is_a_dead_letter(
    pushes: Pushes, service: PushServer, tx: Any, status: int, why: str
) -> None:
    pushes.deliver(service.browser().subscribed())
    service.answers(status)
    pushes.push()
    host = service.origin.removeprefix("http://")
    assert pushes.dead() == [("rejected", f"Reject: {host} said {status}: {why}")]
    assert (sent(tx, PushSent), pushes.waiting(), len(pushes.send())) == ([], [], 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(pushes: Pushes, service: PushServer, status: int) -> None:
    with PushServer() as elsewhere:
        pushes.deliver(service.browser().subscribed())
        service.answers(status, Location=elsewhere.browser().endpoint)
        pushes.push()
        assert elsewhere.received == []
    [(reason, error)] = pushes.dead()
    assert (reason, "redirects are not followed" in error) == ("rejected", True)


def test_a_service_that_is_away_is_waited_for(pushes: Pushes, tx: Any) -> None:
    with PushServer() as service:
        pushes.deliver(service.browser().subscribed())
    [command] = pushes.send()
    pushes.deliver(raw(around(command), "emails", retries=40))
    [(tries, after)] = pushes.waiting()
    assert (tries, pushes.dead()) == (40, [])
    assert 55 < after <= 90


def test_a_service_that_hangs_is_not_waited_for(
    pushes: Pushes, service: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pusher, "_TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    hasty = pusher.Pusher(keys.pair()[0], "mailto:a@b.example", Hosts(("http://127.0.0.1:*",)))
    pushes.deps = type(pushes.deps)(**_parts(pushes.deps) | {"pusher": hasty})
    service.hangs = True
    pushes.deliver(service.browser().subscribed())
    pushes.push()
    assert [tries for tries, _ in pushes.waiting()] == [0]
    hasty.close()


def _parts(deps: Any) -> dict[str, Any]:
    return {name: getattr(deps, name) for name in type(deps).__dataclass_fields__}


def test_what_is_too_old_is_not_pushed_any_more(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    [command] = pushes.send(ttl=600)
    for minutes in (5, 12):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        pushes.deliver(around(command).model_copy(update={"sent_at": at}))
    [got] = service.received
    assert 295 <= int(got.headers["ttl"]) <= 300
    assert (pushes.dead(), pushes.waiting()) == ([], [])


def test_now_or_never(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    pushes.push(ttl=0)
    [got] = service.received
    assert (got.headers["ttl"], got.headers["x-wns-cache-policy"]) == ("0", "no-cache")


def test_connections_are_kept(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(*(service.browser().subscribed() for _ in range(3)))
    pushes.push()
    service.answers(410)
    pushes.push()
    assert (len(service.received), service.connections) == (6, 1)


def test_without_a_key_nothing_is_pushed(pushes: Pushes, service: PushServer) -> None:
    keyless = pusher.Pusher(None, "mailto:a@b.example", Hosts(("http://127.0.0.1:*",)))
    pushes.deps = type(pushes.deps)(**_parts(pushes.deps) | {"pusher": keyless})
    pushes.deliver(service.browser().subscribed())
    pushes.push()
    why = "Reject: there is no VAPID_KEY to sign pushes with: `emails vapid` makes one"
    assert pushes.dead() == [("rejected", why)]


def test_a_host_that_is_not_permitted_any_more_is_not_asked(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    pushes.deps.pusher.hosts = Hosts()
    pushes.push()
    assert service.received == []
    assert [reason for reason, _ in pushes.dead()] == ["rejected"]


@pytest.mark.parametrize("urgency", ["very-low", "low", "normal", "high"])
def test_what_is_not_urgent_goes_in_bulk(pushes: Pushes, service: PushServer, tx: Any, urgency: str) -> None:
    pushes.deliver(service.browser().subscribed())
    pushes.send(urgency=urgency)
    [[key]] = tx.execute("SELECT routing_key FROM outbox WHERE name = 'emails.deliver_push'").fetchall()
    assert key.endswith(".bulk") == urgency.endswith("low")


def test_news_of_an_order_is_pushed_where_somebody_subscribed(
    pushes: Pushes, service: PushServer, tx: Any
) -> None:
    pushes.deliver(service.browser().subscribed())
    asked = uuid4()
    other = ADA.model_copy(update={"email": "bob@example.com"})
    with tx.transaction():
        for _ in range(2):  # a mail that is tried again has its notice handled again
            usecases.notify(tx, asked, notice(), lambda _: ("Your order is paid", "We have received €9.00."))
        usecases.notify(tx, uuid4(), notice(account=None), lambda _: ("Not", "pushed"))
        usecases.notify(tx, uuid4(), notice(recipient=other), lambda _: ("Not", "pushed"))
    rows = tx.execute("SELECT envelope FROM outbox WHERE name = 'emails.send_push'").fetchall()
    assert len({row[0]["id"] for row in rows}) == 1
    wanted = sent(tx, SendPush)[0]
    assert (wanted.kind, wanted.tag, wanted.title) == ("payment", f"order-{ORDER}", "Your order is paid")


def test_nothing_personal_and_no_secret_is_told(
    pushes: Pushes, service: PushServer, caplog: pytest.LogCaptureFixture, tx: Any
) -> None:
    """Neither in logs, whatever happens, nor in what a dead letter says of its error."""
    browser = service.browser()
    secrets = [browser.endpoint.rpartition("/")[2], *browser.keys.values(), "ada@", "Lovelace", "DHL"]
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged:
        pushes.deliver(
            browser.subscribed(), browser.subscribed(endpoint=f"https://evil.example/{secrets[0]}")
        )
        pushes.deliver(browser.subscribed(p256dh=secrets[2]))
        for status in (201, 429, 500, 403, 302, 410):
            service.answers(status)
            pushes.push()
        service.__exit__()
        pushes.deliver(browser.subscribed())
        pushes.push()
    told = [*map(str, logged), caplog.text, *(error for _, error in pushes.dead())]
    told += map(repr, (browser.subscribed(), push(), *sent(tx, DeliverPush)))
    assert {each["event"] for each in logged} >= {"push.gone", "delivery.waiting", "message.dead_lettered"}
    assert [secret for secret in secrets if any(secret in line for line in told)] == []
