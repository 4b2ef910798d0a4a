"""How often a client may ask: told with every answer, shared by all processes, never a reason to fail."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from api import Answer, Api, new_key, served
from documents import order
from programs import eventually
from streams import following

from embedded.valkey import Valkey
from mesh.errors import MissingSettings
from orders.keys import Scope
from orders.settings import Settings

FEW = {"rate_limit": "3/3000", "address_limit": "3/3000"}
"""Of which nothing comes back while a test lasts."""
NOBODYS = {"Authorization": f"Bearer mw_{'a' * 12}_{'b' * 43}"}


@pytest.fixture
def limited(url: str, limits_url: str) -> Iterator[Api]:
    with served(url, limits_url=limits_url, **FEW) as api:
        yield api


def told(answer: Answer) -> tuple[str, int, int]:
    """The policy, what is left, and seconds."""
    found = re.fullmatch(r'"(key|address)";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert found
    assert answer.headers["RateLimit-Policy"] == f'"{found[1]}";q=3;w=3000'
    return found[1], int(found[2]), int(found[3])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_every_answer_tells_what_is_left(limited: Api, tx: Any, url: str) -> None:
    answers = [limited.place(order()), limited.get("/v1/orders/17"), limited.place({})]
    assert [answer.status for answer in answers] == [201, 404, 422]
    assert [told(answer)[:2] for answer in answers] == [("key", 2), ("key", 1), ("key", 0)]
    assert 990 < told(answers[0])[2] <= 1000
    assert 1900 < told(answers[1])[2] <= 2000
    assert 900 < told(answers[2])[2] <= 1000  # until there is one more
    assert not [answer for answer in answers if "Retry-After" in answer.headers]
    reading = bearer(new_key(url, scopes=[Scope.READ]))
    assert told(limited.place(order(), **reading))[:2] == ("key", 2)  # 403


def test_above_the_limit_nothing_is_done(limited: Api, tx: Any) -> None:
    for _ in range(3):
        assert limited.place(order()).status == 201
    for _ in range(2):
        refused = limited.place(order())
        assert refused.problem(429)["violated-policies"] == ["key"]
        assert told(refused)[:2] == ("key", 0)
        assert refused.headers["Retry-After"] == str(told(refused)[2])
    assert tx.execute("SELECT count(*) FROM orders").fetchall() == [(3,)]


def test_keys_do_not_get_in_each_others_way(limited: Api, tx: Any, url: str) -> None:
    for _ in range(4):
        last = limited.get("/v1/orders")
    assert last.status == 429
    assert limited.get("/v1/orders", **bearer(new_key(url))).status == 200


def test_processes_share_the_limit(limited: Api, tx: Any, url: str, limits_url: str) -> None:
    with served(url, limits_url=f"streams+{limits_url}", **FEW) as other:
        key = bearer(limited.key)
        answers = [api.get("/v1/orders", **key) for api in (limited, other, limited, other, limited)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]


def test_who_asks_again_is_counted_again(limited: Api, tx: Any) -> None:
    answers = [limited.place(order(), **{"Idempotency-Key": "17"}) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429]


def test_a_stream_is_one_request(limited: Api, tx: Any) -> None:
    """However much comes on it."""
    path = limited.place(order()).headers["Location"]
    with following(limited, f"{path}/events") as stream:
        assert stream.response.headers["RateLimit"].startswith('"key";r=1;')
        assert [told.type for told in stream.next(1)] == ["order.placed"]
        limited.post(f"{path}/pay")
        assert [told.type for told in stream.next(1)] == ["order.paid"]
    assert limited.get(path).status == 429


def test_where_there_are_no_limits_none_is_told(api: Api, tx: Any) -> None:
    answers = [api.get("/v1/orders"), api.get("/v1/orders", **NOBODYS)]
    assert not [name for answer in answers for name in answer.headers if "RateLimit" in name]


def test_what_needs_no_key_has_no_limit(limited: Api, tx: Any) -> None:
    for _ in range(5):
        assert limited.get("/health/live").status == 200
        assert limited.get("/nowhere").status == 404


@pytest.mark.parametrize("given", [None, "Bearer x", "Basic YTpi", NOBODYS["Authorization"]])
def test_keys_cannot_be_guessed_at_speed(limited: Api, tx: Any, given: str | None) -> None:
    answers = [limited.get("/v1/orders", Authorization=given) for _ in range(5)]
    assert [answer.status for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[3].problem(429)["violated-policies"] == ["address"]
    assert [told(answer)[:2] for answer in answers[2:4]] == [("address", 0), ("address", 0)]


def test_secrets_cannot_be_guessed_at_speed(limited: Api, tx: Any) -> None:
    assert limited.get("/v1/orders").status == 200
    wrong = bearer(limited.key[:-1] + ("A" if limited.key[-1] != "A" else "B"))
    answers = [limited.get("/v1/orders", **wrong) for _ in range(4)]
    assert [answer.status for answer in answers] == [401, 401, 401, 429]


def test_who_guesses_shuts_nobody_out_but_newcomers(limited: Api, tx: Any, url: str) -> None:
    """And does not keep the database busy: it is not asked for this one."""
    assert limited.get("/v1/orders").status == 200
    for _ in range(3):
        limited.get("/v1/orders", **NOBODYS)
    assert limited.get("/v1/orders").status == 200
    limited.get("/v1/orders", **bearer(new_key(url))).problem(429)


def test_many_keys_may_come_from_one_address(limited: Api, tx: Any, url: str) -> None:
    for _ in range(5):
        assert limited.get("/v1/orders", **bearer(new_key(url))).status == 200


def test_behind_a_proxy_addresses_are_what_it_says(url: str, tx: Any, limits_url: str) -> None:
    with served(url, limits_url=limits_url, http_proxies=1, **FEW) as api:

        def left(*heard: str) -> int:
            forwarded = {"X-Forwarded-For": ", ".join(heard)} if heard else {}
            return told(api.get("/v1/orders", **NOBODYS, **forwarded))[1]

        assert [left("1.1.1.1"), left("1.1.1.1")] == [2, 1]
        assert left("1.1.1.1", "2.2.2.2") == 2  # what the client says itself is not believed
        assert left("3.3.3.3", "2.2.2.2") == 1
        assert [left("2001:db8::1"), left("2001:db8::2"), left("2001:db8:0:1::1")] == [2, 1, 2]
        assert [left("unix:"), left()] == [2, 2]


def test_without_a_proxy_nobody_says_who_he_is(limited: Api, tx: Any) -> None:
    for address in ("1.1.1.1", "2.2.2.2", "3.3.3.3"):
        limited.get("/v1/orders", **NOBODYS, **{"X-Forwarded-For": address}).problem(401)
    limited.get("/v1/orders", **NOBODYS, **{"X-Forwarded-For": "4.4.4.4"}).problem(429)


def test_without_the_server_orders_are_taken(url: str, tx: Any, own_valkey: Valkey) -> None:
    with served(url, limits_url=own_valkey.redis_url, **FEW) as api:
        assert told(api.place(order()))[1] == 2
        own_valkey.stop()
        placed = api.place_at_once(*[order()] * 10)
        assert {(answer.status, "RateLimit" in answer.headers) for answer in placed} == {(201, False)}
        api.get("/v1/orders", **NOBODYS).problem(401)
        own_valkey.start()
        own_valkey.wait_until_ready()
        eventually(lambda: "RateLimit" in api.get("/v1/orders").headers, "requests are counted again")


def test_or_they_are_not_if_so_set(url: str, tx: Any, own_valkey: Valkey) -> None:
    with served(url, limits_url=own_valkey.redis_url, limits_fail_open=False, **FEW) as api:
        own_valkey.stop()
        for answer in api.place_at_once(order(), order()):
            answer.problem(503)
            assert int(answer.headers["Retry-After"]) > 0
        own_valkey.start()
        own_valkey.wait_until_ready()
        eventually(lambda: api.place(order()).status == 201, "orders are taken again")


@pytest.mark.parametrize(
    ("name", "value"), [("RATE_LIMIT", "1000"), ("ADDRESS_LIMIT", "0/1"), ("LIMITS_URL", "localhost")]
)
def test_limits_that_are_none(name: str, value: str) -> None:
    with pytest.raises(MissingSettings, match=rf"lacks:\n  {name}: ") as refused:
        Settings.load({"DATABASE_URL": "x://x", "BROKER_URL": "x://x", name: value})
    assert len(str(refused.value).splitlines()) == 2


def test_limits_as_they_are_set() -> None:
    given = {"RATE_LIMIT": "7/2", "LIMITS_FAIL_OPEN": "false", "LIMITS_URL": "redis://:s3cr3t@x"}
    settings = Settings.load({"DATABASE_URL": "x://x", "BROKER_URL": "x://x", **given})
    assert (settings.rate_limit.requests, settings.rate_limit.seconds) == (7, 2)
    assert not settings.limits_fail_open
    assert "s3cr3t" not in repr(settings)
