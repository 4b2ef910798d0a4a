"""What people want to hear, and on which browsers, as an account says it for them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api import Answer, Api, new_key, served
from cryptography.fernet import Fernet
from links import VAPID_KEY

from contracts.emails import AddPushSubscription, RemovePushSubscription, SetPreference
from mesh.errors import MissingSettings
from mesh.testing import sent
from orders.examples import BROWSER_KEYS, NEW_BROWSER, OLD_BROWSER, PREFERENCE
from orders.keys import Scope
from orders.settings import Settings

NOBODY: dict[str, str | None] = {"Authorization": None}
BROWSERS = "/v1/push/subscriptions"


@pytest.fixture(scope="session")
def pushing(url: str) -> Iterator[Api]:
    with served(url, vapid_public_key=VAPID_KEY) as api:
        yield api


def put(api: Api, document: Any, **headers: str | None) -> Answer:
    return api.request("PUT", "/v1/preferences", json=document, headers=headers)


def remove(api: Api, document: Any, **headers: str | None) -> Answer:
    return api.request("DELETE", BROWSERS, json=document, headers=headers)


@pytest.mark.parametrize("channel", ["email", "push"])
@pytest.mark.parametrize("wanted", [True, False])
def test_a_preference_is_told_to_emails(api: Api, tx: Any, channel: str, wanted: bool) -> None:
    answer = put(api, {"email": "ada@example.com", "kind": "marketing", "channel": channel, "wanted": wanted})
    assert (answer.status, answer.text) == (202, "")
    assert "Location" not in answer.headers
    [said] = sent(tx, SetPreference)
    assert (said.account, said.email, said.kind) == ("tests", "ada@example.com", "marketing")
    assert (said.channel, said.wanted) == (channel, wanted)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada"),
        ("email", None),
        ("kind", "No kind"),
        ("kind", "a" * 41),
        ("kind", ""),
        ("channel", "pigeon"),
        ("wanted", "yes"),
        ("wanted", None),
        ("account", "others"),
    ],
)
def test_what_is_no_preference_is_refused(api: Api, tx: Any, field: str, value: Any) -> None:
    problem = put(api, PREFERENCE | {field: value}).problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [f"/{field}"]
    assert sent(tx, SetPreference) == []


def test_a_browser_is_told_to_emails(api: Api, tx: Any) -> None:
    assert api.post(BROWSERS, NEW_BROWSER).status == 202
    [wish] = sent(tx, AddPushSubscription)
    told = wish.model_dump(exclude={"added_at"})
    assert told == {"account": "tests", "email": NEW_BROWSER["email"], **OLD_BROWSER, **BROWSER_KEYS}
    assert remove(api, OLD_BROWSER).status == 202
    [gone] = sent(tx, RemovePushSubscription)
    assert (gone.account, gone.endpoint) == ("tests", OLD_BROWSER["endpoint"])
    assert gone.removed_at > wish.added_at


def test_a_browser_is_told_once_for_each_key(api: Api, tx: Any) -> None:
    answers = [api.post(BROWSERS, NEW_BROWSER, **{"Idempotency-Key": str(tx)}) for _ in range(2)]
    assert [answer.status for answer in answers] == [202, 202]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(sent(tx, AddPushSubscription)) == 1
    other = NEW_BROWSER | {"email": "eve@example.com"}
    api.post(BROWSERS, other, **{"Idempotency-Key": str(tx)}).problem(422)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "push.example.com",
        "https://",
        "https://push.example.com/a b",
        "https://push.example.com/%7",
        "https://[8.15b]/x",
        "https://me@push.example.com/x",
        "https://push.example.com/\r\nX: y",
        f"https://push.example.com/{'x' * 2000}",
        None,
        7,
    ],
)
def test_what_is_no_endpoint_is_refused(api: Api, tx: Any, endpoint: Any) -> None:
    for answer in (
        api.post(BROWSERS, NEW_BROWSER | {"endpoint": endpoint}),
        remove(api, {"endpoint": endpoint}),
    ):
        assert [error["pointer"] for error in answer.problem(422)["errors"]] == ["/endpoint"]
    assert sent(tx, AddPushSubscription) + sent(tx, RemovePushSubscription) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "[::1]", "localhost", "169.254.169.254"])
def test_nothing_is_pushed_to_what_only_we_can_reach(api: Api, tx: Any, host: str) -> None:
    answer = api.post(BROWSERS, NEW_BROWSER | {"endpoint": f"https://{host}/push"})
    assert answer.problem(422)["type"] == "/problems/push-target"
    assert sent(tx, AddPushSubscription) == []


POINT, AUTH = BROWSER_KEYS["p256dh"], BROWSER_KEYS["auth"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("p256dh", f"{POINT}="),  # padded
        ("p256dh", POINT[:-1]),
        ("p256dh", "A" + POINT[1:]),  # not 4
        ("p256dh", POINT[:-3] + "AAA"),  # not on the curve
        ("p256dh", POINT[:-1] + "x"),  # bits behind its end
        ("p256dh", "C" + POINT[1:44]),  # compressed
        ("p256dh", f"BP{'_' * 84}8"),  # beyond the field
        ("p256dh", POINT.replace("-", "+")),
        ("p256dh", f"{POINT}\n"),
        ("auth", AUTH[:-1]),
        ("auth", f"{AUTH}=="),
        ("auth", AUTH[:-1] + "x"),
        ("auth", ""),
        ("auth", None),
    ],
)
def test_what_nothing_can_be_encrypted_for_is_refused(api: Api, tx: Any, name: str, key: Any) -> None:
    problem = api.post(BROWSERS, NEW_BROWSER | {"keys": BROWSER_KEYS | {name: key}}).problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [f"/keys/{name}"]
    assert key is None or len(key) < 20 or key not in str(problem)
    assert sent(tx, AddPushSubscription) == []


def test_a_key_needs_the_scope_for_it(api: Api, tx: Any, url: str) -> None:
    for scopes in ([Scope.PEOPLE], [scope for scope in Scope if scope is not Scope.PEOPLE]):
        key = {"Authorization": f"Bearer {new_key(url, scopes=scopes)}"}
        answers = [
            put(api, PREFERENCE, **key),
            api.post(BROWSERS, NEW_BROWSER, **key),
            remove(api, OLD_BROWSER, **key),
        ]
        for answer in answers:
            if Scope.PEOPLE in scopes:
                assert answer.status == 202
            else:
                assert answer.problem(403)["scope"] == "people:write"
    for answer in (
        put(api, PREFERENCE, **NOBODY),
        api.post(BROWSERS, NEW_BROWSER, **NOBODY),
        remove(api, OLD_BROWSER, **NOBODY),
    ):
        answer.problem(401)


def test_who_it_is_about_is_in_no_log(api: Api, tx: Any, caplog: pytest.LogCaptureFixture) -> None:
    put(api, PREFERENCE)
    put(api, PREFERENCE | {"kind": "?"})
    api.post(BROWSERS, NEW_BROWSER)
    api.post(BROWSERS, NEW_BROWSER | {"email": "ada@@example.com"})
    assert "request.handled" in caplog.text
    for secret in ("ada@", "mozilla", POINT, AUTH):
        assert secret not in caplog.text


def test_pages_ask_for_the_key_of_pushes(pushing: Api, api: Api) -> None:
    assert pushing.get("/v1/push/key", **NOBODY).json == {"public_key": VAPID_KEY}
    assert pushing.request("HEAD", "/v1/push/key", headers=NOBODY).status == 200
    assert api.get("/v1/push/key", **NOBODY).problem(404)["type"] == "/problems/no-push"


def test_who_asks_for_it_is_counted_by_address(url: str, limits_url: str) -> None:
    with served(url, vapid_public_key=VAPID_KEY, limits_url=limits_url, address_limit="2/3000") as api:
        told = [api.get("/v1/push/key", **NOBODY).status for _ in range(3)]
    assert told == [200, 200, 429]


def test_a_key_of_pushes_that_is_none_is_refused_at_the_start() -> None:
    good = {"DATABASE_URL": "postgresql://me@db/mine", "BROKER_URL": "streams+redis://broker/0"}
    assert Settings.load(good | {"VAPID_PUBLIC_KEY": VAPID_KEY}).vapid_public_key == VAPID_KEY
    with pytest.raises(MissingSettings, match="VAPID_PUBLIC_KEY"):
        Settings.load(good | {"VAPID_PUBLIC_KEY": VAPID_KEY[:-4]})


def test_a_new_link_key_is_printed() -> None:
    """It needs no setting: it is made before there are any."""
    command = [str(Path(sys.executable).parent / "orders"), "link-key"]
    environment = {"PATH": os.environ["PATH"]}
    keys = {subprocess.run(command, env=environment, capture_output=True, text=True).stdout for _ in "12"}
    assert len(keys) == 2
    for key in keys:
        Fernet(key.strip())
        assert key.endswith("\n")
