"""Which browsers hear of what: the latest word holds, and only where push services are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pushed import ADA, Pushes
from pushserver import Browser, PushServer, base64url

from contracts.emails import AddPushSubscription, RemovePushSubscription, SetPreference
from emails.push.hosts import Forbidden, Hosts
from emails.store.subscriptions import MOST
from emails.usecases import people
from emails.usecases import pushes as usecases

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FCM = "https://fcm.googleapis.com/fcm/send"
BROWSERS = [Browser(f"{FCM}/{number}") for number in range(2)]


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def removed(browser: Browser, at: datetime, account: str = "shop") -> RemovePushSubscription:
    return RemovePushSubscription(account=account, endpoint=browser.endpoint, removed_at=at)


def browsers(tx: Any, email: str = "ada@example.com") -> set[str]:
    rows = tx.execute("SELECT endpoint FROM push_subscriptions WHERE email = %s", (email,))
    return {endpoint for (endpoint,) in rows}


words = st.builds(
    lambda browser, at, email, gone: (
        removed(browser, minute(at)) if gone else browser.subscribed(added_at=minute(at), email=email)
    ),
    st.sampled_from(BROWSERS),
    st.integers(0, 3),
    st.sampled_from(["ada@example.com", "bob@example.com"]),
    st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(said=st.lists(words, max_size=6), data=st.data())
def test_the_latest_word_holds_in_whatever_order_they_come(pushes: Pushes, said: Any, data: Any) -> None:
    again = data.draw(st.permutations([*said, *said[:2]]))
    assert obeyed(pushes, said) == obeyed(pushes, again)


def obeyed(pushes: Pushes, said: list[Any]) -> Any:
    """The table after these, from an empty one on."""
    with pushes.tx.transaction(force_rollback=True):
        for word in said:
            if isinstance(word, AddPushSubscription):
                usecases.add_subscription(word, pushes.tx, Hosts())
            else:
                usecases.remove_subscription(word, pushes.tx)
        return [(*row[:7], *map(str, row[7:])) for row in _dated(pushes.tx)]


def _dated(tx: Any) -> Any:
    """psycopg does not read a time of -infinity."""
    return tx.execute("""
        SELECT account, browser, id, email, endpoint, p256dh, auth, added_at::text, removed_at::text
        FROM push_subscriptions ORDER BY account, browser
    """).fetchall()


def test_what_was_added_later_stays(pushes: Pushes, tx: Any) -> None:
    [browser, _] = BROWSERS
    pushes.deliver(browser.subscribed(added_at=minute(2)))
    pushes.deliver(removed(browser, minute(1)))
    assert browsers(tx) == {browser.endpoint}
    pushes.deliver(removed(browser, minute(2)))
    assert browsers(tx) == set()
    pushes.deliver(browser.subscribed(added_at=minute(1)))
    assert browsers(tx) == set()


def test_nothing_of_a_person_stays_of_what_was_removed(pushes: Pushes, tx: Any) -> None:
    [browser, _] = BROWSERS
    pushes.deliver(browser.subscribed(added_at=minute(1)))
    pushes.deliver(removed(browser, minute(2)))
    [row] = tx.execute("SELECT id, email, endpoint, p256dh, auth FROM push_subscriptions").fetchall()
    assert row == (None,) * 5


def test_a_browser_that_is_removed_at_one_account_stays_at_another(pushes: Pushes, tx: Any) -> None:
    [browser, _] = BROWSERS
    pushes.deliver(browser.subscribed(), browser.subscribed(account="other"))
    pushes.deliver(removed(browser, datetime.now(UTC), account="other"))
    assert len(pushes.send()) == 1
    assert pushes.send(account="other") == []


def test_a_browser_moves_to_whoever_uses_it_now(pushes: Pushes, service: PushServer) -> None:
    browser = service.browser()
    pushes.deliver(browser.subscribed(added_at=minute(1)))
    [on_its_way] = pushes.send(title="For Ada")
    pushes.deliver(browser.subscribed(added_at=minute(2), email="bob@example.com"))
    pushes.deliver(on_its_way)  # that is not for Bob to see
    assert pushes.send() == []
    pushes.push(title="For Bob", recipient=ADA.model_copy(update={"email": "bob@example.com"}))
    assert [each["title"] for each in service.told(browser)] == ["For Bob"]


def test_a_browser_that_says_it_again_misses_nothing(pushes: Pushes, service: PushServer) -> None:
    """Pages subscribe whenever they are opened; keys may be new."""
    browser = service.browser()
    pushes.deliver(browser.subscribed(added_at=minute(1)))
    [on_its_way] = pushes.send()
    newer = Browser(browser.endpoint)
    pushes.deliver(newer.subscribed(added_at=minute(2)))
    pushes.deliver(on_its_way)
    assert len(service.told(newer)) == 1


def test_the_oldest_makes_room(pushes: Pushes, tx: Any) -> None:
    many = [Browser(f"{FCM}/of-many-{number}") for number in range(MOST + 2)]
    pushes.deliver(*(each.subscribed(added_at=minute(at)) for at, each in enumerate(many)))
    assert browsers(tx) == {each.endpoint for each in many[2:]}
    pushes.deliver(many[0].subscribed(added_at=minute(99)))
    assert browsers(tx) == {each.endpoint for each in (many[0], *many[3:])}
    assert len(pushes.send()) == MOST


PERMITTED = [
    "https://fcm.googleapis.com/fcm/send/dQw4:APA91b-x_y",
    "https://fcm.googleapis.com:443/wp/x",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYA%2b%3d",
    "https://web.push.apple.com/QGZ",
]
REFUSED = [
    "",
    "http://fcm.googleapis.com/fcm/send/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/fcm.googleapis.com",
    "https://evilfcm.googleapis.com/x",
    "https://push.apple.com/x",
    "https://evilpush.apple.com/x",
    "https://evil.example#.push.apple.com/x",
    "https://evil.example/.push.apple.com/x",
    "https://evil.example\\.push.apple.com/x",
    "https://user@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://fcm.googleapis.com:443@evil.example/x",
    "https://fcm.googleapis.com\t.evil.example/x",
    "https://fcm.googleapis.com/x\r\nHost: evil.example",
    "https://fcm.googleapis.com/x\n",
    "https://fcm.googleapis.com?x",
    "https://FCM.googleapis.com./x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "http://127.0.0.1:80/x",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    f"{FCM}/{'x' * 2000}",
]


@pytest.mark.parametrize("endpoint", PERMITTED)
def test_push_services_are_asked(pushes: Pushes, tx: Any, endpoint: str) -> None:
    assert endpoint.startswith(Hosts().origin(endpoint))
    assert Hosts().origin(endpoint).count(":") == 1


@pytest.mark.parametrize("endpoint", REFUSED)
def test_nobody_else_is(endpoint: str) -> None:
    with pytest.raises(Forbidden) as refused:
        Hosts().origin(endpoint)
    assert not endpoint or endpoint not in str(refused.value)


def test_this_machine_is_asked_where_it_is_listed() -> None:
    hosts = Hosts(("http://127.0.0.1:*",))
    assert hosts.origin("http://127.0.0.1:8123/push/x") == "http://127.0.0.1:8123"
    assert Hosts(("http://127.0.0.1:81",)).origin("http://127.0.0.1:81/x")
    for endpoint in ("http://127.0.0.1:8123@evil.example/", "http://127.0.0.1/x", "https://127.0.0.1:8123/x"):
        with pytest.raises(Forbidden):
            hosts.origin(endpoint)


WRONG = [
    {"endpoint": "https://evil.example/x"},
    {"p256dh": "AAAA"},
    {"p256dh": base64url(b"\4" + b"\1" * 64)},  # not on the curve
    {"p256dh": base64url(b"\2" + b"\1" * 32)},
    {"p256dh": "é"},
    {"auth": "AAAA"},
    {"auth": "not base64!"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_pushed_to_is_not_kept(
    pushes: Pushes, tx: Any, wrong: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, without what lets one write to a browser, and is no dead letter: nobody could repair it."""
    pushes.deliver(BROWSERS[0].subscribed(**wrong))
    assert pushes.dead() == []
    [said] = [r.getMessage() for r in caplog.records if "subscription.refused" in r.getMessage()]
    assert not [each for each in wrong.values() if each in said]
    assert tx.execute("SELECT count(*) FROM push_subscriptions").fetchone() == (0,)


def test_people_are_found_by_an_index(tx: Any) -> None:
    with tx.transaction(force_rollback=True):
        tx.execute("SET LOCAL enable_seqscan = off")
        plan = tx.execute("""
            EXPLAIN SELECT id FROM push_subscriptions WHERE account = 'shop' AND email = 'ada@example.com'
        """).fetchall()
    assert "push_subscriptions_person" in str(plan)


def test_who_does_not_want_pushes_gets_none(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver(service.browser().subscribed())
    said = {"account": "shop", "email": "Ada@example.com", "channel": "push", "said_at": datetime.now(UTC)}
    pushes.deliver(SetPreference(**said, kind="offers", wanted=False))
    assert len(pushes.send(kind="shipping")) == 1
    assert pushes.send(kind="offers") == []
    pushes.deliver(SetPreference(**said | {"channel": "email"}, kind="shipping", wanted=False))
    assert len(pushes.send(kind="shipping")) == 1


def test_a_person_can_see_and_forget_it_all(pushes: Pushes, tx: Any) -> None:
    [browser, other] = BROWSERS
    pushes.deliver(browser.subscribed(email="Ada@example.com"), other.subscribed(email="bob@example.com"))
    with tx.transaction():
        [known] = people.known("ADA@example.com", tx)["push_subscriptions"]
        people.erase("aDa@example.com", tx)
    assert (known["account"], known["endpoint"]) == ("shop", browser.endpoint)
    assert (browsers(tx), browsers(tx, "bob@example.com")) == (set(), {other.endpoint})
