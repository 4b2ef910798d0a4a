"""Rate limits on a server that others share: exact, together, and never waited for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from programs import frozen
from redis import Redis

from embedded.valkey import Valkey
from mesh import Unavailable, ratelimit
from mesh.errors import RefusedAtStart
from mesh.ratelimit import Quota, Rate, RateLimiter

SLOW = Rate(3, 3000)
"""Of which nothing comes back while a test lasts."""


@asynccontextmanager
async def limiter(url: str) -> AsyncIterator[RateLimiter]:
    made = RateLimiter(url, "LIMITS_URL")
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
def url(valkey: Valkey) -> str:
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    return valkey.redis_url


def taken(url: str, names: Sequence[str], rate: Rate = SLOW) -> list[Quota]:
    """What each of them got, who all ask at once."""

    async def ask() -> list[Quota]:
        async with limiter(url) as limits:
            return list(await asyncio.gather(*(limits.take(name, rate) for name in names)))

    return asyncio.run(ask())


def test_a_bucket_is_emptied(url: str) -> None:
    quotas = [quota for _ in range(4) for quota in taken(url, ["ada"])]
    assert [(quota.granted, quota.left) for quota in quotas] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert [round(quota.seconds, -1) for quota in quotas] == [1000, 2000, 1000, 1000]


def test_each_has_a_bucket_of_its_own(url: str) -> None:
    quotas = taken(url, ["ada", "eve", "ada", "eve", "ada", "ada"])
    assert [quota.granted for quota in quotas] == [True, True, True, True, True, False]
    assert [quota.left for quota in quotas] == [0, 1, 0, 1, 0, 0]


def test_a_bucket_may_be_looked_at(url: str) -> None:
    async def ask() -> list[Quota]:
        async with limiter(url) as limits:
            asked = [ask("ada", SLOW) for _ in range(4) for ask in (limits.look, limits.take)]
            return [await each for each in asked]

    quotas = asyncio.run(ask())
    assert [quota.granted for quota in quotas[::2]] == [True, True, True, False]
    assert [quota.left for quota in quotas[::2]] == [3, 2, 1, 0]
    assert [quota.granted for quota in quotas[1::2]] == [True, True, True, False]


def test_many_processes_share_it(url: str) -> None:
    async def both() -> list[Quota]:
        async with limiter(url) as one, limiter(f"streams+{url}") as other:
            asked = [limits.take("ada", Rate(100, 10_000)) for limits in (one, other) for _ in range(80)]
            return list(await asyncio.gather(*asked))

    assert sum(quota.granted for quota in asyncio.run(both())) == 100


def test_it_fills_up_evenly(url: str) -> None:
    """Time goes by on the server: what is kept is when the bucket is full, so that is brought nearer."""
    assert not taken(url, ["ada"] * 4)[3].granted
    with Redis.from_url(url) as client:
        full_at = int(client.get("limit:ada") or 0)
        client.set("limit:ada", full_at - 2_000_000_000, px=1_000_000)  # type: ignore[call-overload]
    assert [quota.granted for quota in taken(url, ["ada"] * 3)] == [True, True, False]


@pytest.mark.parametrize(
    "rate", [Rate(3, 10), Rate(7, 86_400), Rate(9_999_999, 1), Rate(1, 1), Rate(1000, 7)]
)
def test_no_request_is_lost_to_rounding(url: str, rate: Rate) -> None:
    [first] = taken(url, ["ada"], rate)
    assert first.granted
    assert first.left == rate.requests - 1


def test_a_bucket_is_forgotten_when_it_is_full(url: str) -> None:
    taken(url, ["ada"])
    with Redis.from_url(url) as client:
        assert 990_000 < client.pttl("limit:ada") <= 1_000_000  # type: ignore[operator]


def test_a_servers_clock_that_was_set_back_shuts_nobody_out_for_long(url: str) -> None:
    with Redis.from_url(url) as client:
        client.set("limit:ada", 10**16)
    [quota] = taken(url, ["ada"])
    assert (quota.granted, round(quota.seconds)) == (False, 1000)


@pytest.mark.parametrize(
    "text", ["", "10", "0/10", "10/0", "10/s", "-1/1", "1.5/1", "10 / 1", "1/1\n", "²/1"]
)
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="requests/seconds"):
        Rate.parse(text)


def test_what_is_no_server_is_refused() -> None:
    with pytest.raises(RefusedAtStart, match="LIMITS_URL is no address"):
        RateLimiter("amqp://broker", "LIMITS_URL")


async def unavailable(limits: RateLimiter, times: int) -> None:
    found = await asyncio.gather(*(limits.take("ada", SLOW) for _ in range(times)), return_exceptions=True)
    assert {type(one) for one in found} == {Unavailable}


async def back(limits: RateLimiter) -> Quota:
    async with asyncio.timeout(60):
        while True:
            try:
                return await limits.take("ada", SLOW)
            except Unavailable:
                await asyncio.sleep(0.01)


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [each["event"] for each in said if each["event"].startswith("limits.")]


def test_a_server_that_goes_and_comes_back(own_valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    async def live() -> None:
        async with limiter(own_valkey.redis_url) as limits:
            assert (await limits.take("ada", SLOW)).granted
            own_valkey.stop()
            for _ in range(3):
                await unavailable(limits, 20)
            own_valkey.start()
            own_valkey.wait_until_ready()
            assert (await back(limits)).granted

    asyncio.run(live())
    assert events(caplog) == ["limits.away", "limits.back"]


def test_a_frozen_server_is_waited_for_once(own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by those who come while it is waited for; who comes later is told at once, in one step."""
    monkeypatch.setattr(ratelimit, "PAUSE", 3600.0)

    async def live() -> None:
        async with limiter(own_valkey.redis_url) as limits:
            await limits.take("ada", SLOW)
            with frozen(own_valkey.pid):
                first = asyncio.create_task(unavailable(limits, 1))
                await asyncio.sleep(0)
                await unavailable(limits, 20)
                assert first.done()
                with pytest.raises(Unavailable):
                    limits.take("ada", SLOW).send(None)

    asyncio.run(live())


def test_a_server_that_takes_no_writes_is_away(own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "PAUSE", 0.01)

    async def live() -> None:
        with Redis.from_url(own_valkey.redis_url) as client:
            client.config_set("maxmemory", "1")
            async with limiter(own_valkey.redis_url) as limits:
                await unavailable(limits, 2)
                await unavailable(limits, 2)
                client.config_set("maxmemory", "0")
                assert (await back(limits)).granted

    asyncio.run(live())


def test_a_restart_between_requests_goes_unnoticed(own_valkey: Valkey) -> None:
    async def live() -> None:
        async with limiter(own_valkey.redis_url) as limits:
            await limits.take("ada", SLOW)
            own_valkey.stop()
            own_valkey.start()
            own_valkey.wait_until_ready()
            assert (await limits.take("ada", SLOW)).left == 2

    asyncio.run(live())
