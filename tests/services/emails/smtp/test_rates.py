"""How fast mails go: to each provider, to each domain there, and those of campaigns."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from mails import mail, mailer
from redis import Redis
from scripted import Scripted

from embedded.valkey import Valkey
from mesh import Unavailable
from mesh.ratelimit import Rate
from mesh.turns import Turns


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted(pipelining=True) as server:
        yield server


@pytest.fixture
def limits(valkey: Valkey) -> str:
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    return valkey.redis_url


def test_a_rate_without_a_server_to_count_on(server: Scripted) -> None:
    with closing(mailer(f"{server.url}?rate=2/100")) as sender:
        sender.send(mail())
        sender.send(mail())
        with pytest.raises(Unavailable, match="not this mail's turn") as later:
            sender.send(mail())
        assert later.value.after
        assert 45 < later.value.after < 51
    assert len(server.mails) == 2


def test_a_rate_is_all_workers(server: Scripted, limits: str) -> None:
    for provider_of in range(2):
        with closing(mailer(f"{server.url}?rate=1/100", turns=Turns(limits, "LIMITS_URL"))) as sender:
            if provider_of == 0:
                sender.send(mail())
            else:
                with pytest.raises(Unavailable):
                    sender.send(mail())
    assert len(server.mails) == 1


def test_a_short_wait_is_waited_for(server: Scripted) -> None:
    with closing(mailer(f"{server.url}?rate=1/1&domain_rate=5/1")) as sender:
        began = time.monotonic()
        sender.send(mail())
        sender.send(mail())
        assert 0.9 < time.monotonic() - began < 5


def test_each_domain_has_its_own(server: Scripted) -> None:
    with closing(mailer(f"{server.url}?domain_rate=1/100")) as sender:
        sender.send(mail("ada@example.com"))
        sender.send(mail("ada@example.org"))
        with pytest.raises(Unavailable):
            sender.send(mail("eve@EXAMPLE.com"))
    assert len(server.mails) == 2


def test_campaigns_keep_nobody_else_waiting(server: Scripted) -> None:
    with closing(mailer(server.url, bulk_rate=Rate(1, 100))) as sender:
        sender.send(mail(bulk=True))
        after = []
        for _ in range(3):
            with pytest.raises(Unavailable) as later:
                sender.send(mail(bulk=True))
            after.append(round(later.value.after or 0, -1))
        assert after == [100, 200, 300]  # each at its time, and not all at once
        sender.send(mail())
    assert len(server.mails) == 2


def test_a_provider_that_is_not_asked_is_not_counted(server: Scripted) -> None:
    server.does = {"greeting": "close"}
    with closing(mailer(f"{server.url}?rate=6/1000")) as sender:
        for _ in range(10):  # five fail, and then it is not asked
            with pytest.raises(Unavailable, match=r"no mail server|closed"):
                sender.send(mail())
