"""Who has failed is left alone for a while, and then asked by exactly one."""

import threading
import time
from collections import Counter

import pytest
from programs import eventually

from mesh import breaker
from mesh.breaker import Breaker, Way


def opened() -> Breaker:
    one = Breaker("main", "provider", shortest=0.1, longest=0.4)
    one.failed(Way.CLOSED, "wrong password", lasting=True)
    return one


def test_five_failures_in_a_row_open_it(caplog: pytest.LogCaptureFixture) -> None:
    one = Breaker("main", "provider")
    for _ in range(4):
        one.failed(Way.CLOSED, "away")
    one.succeeded(Way.CLOSED)
    for _ in range(4):
        one.failed(Way.CLOSED, "away")
        assert one.enter() is Way.CLOSED
    one.failed(Way.CLOSED, "away")
    assert one.enter() is None
    assert one.shut
    assert caplog.text.count("provider.opened") == 1


def test_exactly_one_probes(caplog: pytest.LogCaptureFixture) -> None:
    one = opened()
    assert one.enter() is None
    time.sleep(0.11)
    assert [one.enter() for _ in range(3)] == [Way.AS_PROBE, None, None]
    one.succeeded(Way.AS_PROBE)
    assert [one.enter() for _ in range(2)] == [Way.CLOSED, Way.CLOSED]
    assert caplog.text.count("provider.closed") == 1


def test_exactly_one_of_many_threads_probes() -> None:
    one = opened()
    time.sleep(0.11)
    ways: list[Way | None] = []
    threads = [threading.Thread(target=lambda: ways.append(one.enter())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(ways) == {Way.AS_PROBE: 1, None: 19}


def test_a_probe_that_fails_is_made_again_later(caplog: pytest.LogCaptureFixture) -> None:
    one = opened()
    pauses = []
    for _ in range(4):
        eventually(lambda: one.enter() is Way.AS_PROBE, "a probe")
        one.failed(Way.AS_PROBE, "away")
        pauses.append(one._pause)
    assert pauses == [0.2, 0.4, 0.4, 0.4]
    assert caplog.text.count("provider.opened") == 1


def test_a_probe_of_which_nothing_is_heard_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "_LOST", 0.1)
    one = opened()
    time.sleep(0.11)
    assert one.enter() is Way.AS_PROBE
    time.sleep(0.11)
    assert one.enter() is Way.AS_PROBE


def test_who_was_let_in_before_changes_nothing() -> None:
    one = opened()
    one.succeeded(Way.CLOSED)
    one.failed(Way.CLOSED, "away")
    assert one.shut


def test_the_longer_it_lasts_the_later_it_is_asked() -> None:
    one = opened()
    first = one.pause
    one._opened_at = time.monotonic() - 1000
    assert first < 2
    assert 499 < one.pause < 501


def test_its_log_calls_it_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    one = Breaker("ecb", "source")
    one.failed(Way.CLOSED, "wrong password", lasting=True)
    assert "source.opened" in caplog.text
    assert "ecb" in caplog.text
