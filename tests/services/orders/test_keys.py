"""Who gets in: keys, what they are for, and how they come and go."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api import Api, new_key
from documents import order

from orders.api import access
from orders.keys import Scope

NOBODYS = f"mw_{'a' * 12}_{'b' * 43}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        f"Bearer {NOBODYS}",
        "Bearer mw_x_y",
        NOBODYS,
        "Bearer \xe9",
    ],
)
def test_without_a_key_nobody_gets_in(api: Api, tx: Any, given: str | None) -> None:
    for answer in (api.get("/v1/orders", Authorization=given), api.place(order(), Authorization=given)):
        answer.problem(401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_secret_that_is_nearly_right_opens_nothing(api: Api, tx: Any) -> None:
    last = "A" if api.key[-1] != "A" else "B"
    api.get("/v1/orders", **bearer(api.key[:-1] + last)).problem(401)


def test_the_schemes_name_has_no_case(api: Api, tx: Any) -> None:
    assert api.get("/v1/orders", Authorization=f"bearer {api.key}").status == 200


def test_a_key_is_for_what_it_is_for(api: Api, tx: Any, url: str) -> None:
    reading, writing = (bearer(new_key(url, scopes=[scope])) for scope in (Scope.READ, Scope.WRITE))
    assert api.get("/v1/orders", **reading).status == 200
    assert api.place(order(), **reading).problem(403)["scope"] == "orders:write"
    assert api.place(order(), **writing).status == 201
    assert api.get("/v1/orders", **writing).problem(403)["scope"] == "orders:read"


def test_a_key_ends(api: Api, tx: Any, url: str) -> None:
    now = datetime.now(UTC)
    assert api.get("/v1/orders", **bearer(new_key(url, expires_at=now + timedelta(hours=1)))).status == 200
    api.get("/v1/orders", **bearer(new_key(url, expires_at=now))).problem(401)


@pytest.fixture
def keys(url: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`orders keys …`, as an operator calls it."""
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}

    def keys(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / "orders", "keys", *arguments],
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )

    return keys


def test_keys_are_made_listed_and_revoked(
    api: Api, tx: Any, keys: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "FRESH", 0.0)  # seconds that nobody shall wait here
    token = keys(
        "create", "acme", "--name", "till 7", "--scope", "orders:read", "--days", "30"
    ).stdout.strip()
    id, secret = token.split("_", 2)[1:]
    assert api.get("/v1/orders", **bearer(token)).status == 200
    [line] = [line for line in keys("list").stdout.splitlines() if line.startswith(id)]
    assert line.split()[1:] == [
        "acme",
        "expires",
        f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}",
        "orders:read",
        "till",
        "7",
    ]
    assert secret not in keys("list").stdout
    assert keys("revoke", id).stdout == f"{id} of acme revoked {datetime.now(UTC):%Y-%m-%d}\n"
    api.get("/v1/orders", **bearer(token)).problem(401)


def test_what_is_no_account_or_key_is_told(keys: Callable[..., Any]) -> None:
    wrong = keys("create", "Acme Inc.")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "'Acme Inc.' is no account" in wrong.stderr
    assert "there is no key nope" in keys("revoke", "nope").stderr


def test_secrets_are_not_stored(tx: Any, url: str) -> None:
    token = new_key(url)
    [row] = tx.execute("SELECT * FROM keys WHERE id = %s", (token.split("_")[1],)).fetchall()
    assert token.split("_", 2)[2] not in str(row)
