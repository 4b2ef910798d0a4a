"""Turns: as many as the rates say, in any of many threads and processes; the others each at their time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from programs import eventually, frozen
from redis import Redis

from embedded.valkey import Valkey
from mesh import turns
from mesh.errors import RefusedAtStart
from mesh.ratelimit import Rate
from mesh.turns import Turn, Turns

SLOW = Rate(2, 200)
"""Two at once, and one more in 100 s."""
Take = Callable[..., Turn]


@pytest.fixture(params=["shared", "alone"])
def url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "alone":
        return None
    valkey: Valkey = request.getfixturevalue("valkey")
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    return valkey.redis_url


@pytest.fixture
def take(url: str | None) -> Iterator[Take]:
    with closing(Turns(url, "LIMITS_URL")) as made:

        def one(*names: str, rate: Rate = SLOW, line: str = "x", patience: float = 0.0) -> tuple[bool, float]:
            turn = made.take([(name, rate) for name in names], line, patience)
            return turn.granted, round(turn.seconds, 1)

        yield one


def about(seconds: float) -> object:
    return pytest.approx(seconds, abs=2)


def test_as_many_as_the_rate_says(take: Take) -> None:
    assert [take("a") for _ in range(2)] == [(True, 0), (True, 0)]
    assert take("a") == (False, about(100))
    assert take("b") == (True, 0)


def test_ahead_as_far_as_patience_goes(take: Take) -> None:
    told = [take("a", patience=250.0) for _ in range(5)]
    assert told == [(True, 0), (True, 0), (True, about(100)), (True, about(200)), (False, about(300))]


def test_who_comes_too_early_is_told_a_time_of_their_own(take: Take) -> None:
    for _ in range(2):
        take("a")
    assert [take("a") for _ in range(3)] == [(False, about(100)), (False, about(200)), (False, about(300))]
    assert take("a", line="urgent") == (False, about(100))
    assert take("a", line="urgent", patience=101.0) == (True, about(100))


def test_nobody_is_sent_away_for_long(take: Take) -> None:
    for _ in range(2):
        take("a")
    told = [take("a")[1] for _ in range(40)]
    assert max(told) <= turns.FURTHEST
    assert told[36] == about(100)  # the line begins anew


def test_of_several_all_or_none(take: Take) -> None:
    take("a"), take("a")
    assert take("a", "b") == (False, about(100))
    assert [take("b") for _ in range(2)] == [(True, 0), (True, 0)]


def test_turns_come_back(take: Take) -> None:
    fast = Rate(1, 1)
    assert take("a", rate=fast) == (True, 0)
    assert not take("a", rate=fast)[0]
    time.sleep(1.05)
    assert take("a", rate=fast) == (True, 0)


def test_many_threads_get_no_more(url: str | None) -> None:
    granted = []
    with closing(Turns(url, "LIMITS_URL")) as made:

        def ask() -> None:
            granted.extend(made.take([("a", Rate(50, 50000))], "x", 0.0).granted for _ in range(20))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(granted) == 50


def test_processes_share_what_there_is(valkey: Valkey) -> None:
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    told = []
    for _ in range(3):
        with closing(Turns(f"streams+{valkey.redis_url}", "LIMITS_URL")) as one:
            told.append(one.take([("a", SLOW)], "x", 0.0).granted)
    assert told == [True, True, False]


def test_what_is_kept_is_forgotten(valkey: Valkey) -> None:
    with Redis.from_url(valkey.redis_url) as client, closing(Turns(valkey.redis_url, "LIMITS_URL")) as one:
        client.flushdb()
        for _ in range(5):
            one.take([("a", Rate(1, 1))], "x", 0.0)
        assert 0 < client.dbsize() <= 2
        assert all(client.pttl(key) <= 5000 for key in client.scan_iter())
    with closing(Turns(None, "LIMITS_URL")) as alone:
        for number in range(turns._MANY + 10):
            alone.take([(str(number), Rate(1_000_000, 1))], "x", 0.0)
        assert len(alone._alone._at) < turns._MANY


def test_a_clock_that_is_set_back_costs_no_leap(valkey: Valkey) -> None:
    with Redis.from_url(valkey.redis_url) as client, closing(Turns(valkey.redis_url, "LIMITS_URL")) as one:
        client.flushdb()
        client.set("turn:a", int((time.time() + 1_000_000) * 1_000_000))
        assert one.take([("a", SLOW)], "x", 0.0).seconds == about(100)


def test_while_the_server_is_away_each_counts_alone(
    own_valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Turns(own_valkey.redis_url, "LIMITS_URL")) as one:
        assert one.take([("a", SLOW)], "x", 0.0).granted
        own_valkey.kill()
        told = [one.take([("a", SLOW)], "x", 0.0).granted for _ in range(3)]
        assert told == [True, True, False]
        assert caplog.text.count("limits.away") == 1


def test_a_server_that_freezes_is_waited_for_once(
    own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(turns, "PAUSE", 0.5)
    with closing(Turns(own_valkey.redis_url, "LIMITS_URL")) as one:
        assert one.take([("a", Rate(1000, 1))], "x", 0.0).granted
        with frozen(own_valkey.pid):
            began = time.monotonic()
            for _ in range(20):
                assert one.take([("a", Rate(1000, 1))], "x", 0.0).granted
            assert time.monotonic() - began < 5

        def back() -> bool:
            one.take([("a", Rate(1000, 1))], "x", 0.0)
            return "limits.back" in caplog.text

        eventually(back, "it is asked again")
    assert caplog.text.count("limits.away") == 1


def test_no_such_url() -> None:
    with pytest.raises(RefusedAtStart, match="LIMITS_URL"):
        Turns("amqp://x", "LIMITS_URL")
