"""Where webhooks may go: nobody gets us to ask what only we can reach."""

import asyncio
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from api import Api
from receiver import Receiver

from orders.delivering.sender import opened
from orders.targets import Forbidden, Targets
from orders.webhooks import Delivery, DeliveryState, Endpoint, new_secret

INWARD = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # a cloud's metadata
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
]
OUTWARD = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"]
NO_TARGETS = [
    "",
    "hook",
    "https://",
    "https:///hook",
    "http://example.com/hook",
    "ftp://example.com/hook",
    "file:///etc/passwd",
    "gopher://example.com",
    "https://example.com:port/",
    "https://example.com:99999/",
    "https://user:secret@example.com/",
    "https://user@example.com/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://[::1/",
    "https://ex ample.com/",
    "https://example.com/\r\nX-Injected: 1",
    "https://example.com/\x00",
    "https://exämple.com/",
    "https://^K<e",
    "https://example.com/<b>",
    "https://example.com/%zz",
    "https://example.com/" + "a" * 2000,
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
]


@pytest.mark.parametrize("address", INWARD)
def test_what_is_not_the_internet_is_not_permitted(address: str) -> None:
    assert not Targets().permit(address)


@pytest.mark.parametrize("address", OUTWARD)
def test_the_internet_is(address: str) -> None:
    assert Targets().permit(address)


def test_private_networks_are_where_they_are_named() -> None:
    targets = Targets([ip_network("10.1.0.0/16"), ip_network("fd00::/8")])
    permitted = [
        address for address in ("10.1.2.3", "10.2.0.1", "fd00::1", "127.0.0.1") if targets.permit(address)
    ]
    assert permitted == ["10.1.2.3", "fd00::1"]
    targets.check("http://10.1.2.3:8080/hook")
    with pytest.raises(Forbidden):
        targets.check("http://127.0.0.1/")


@pytest.mark.parametrize("target", NO_TARGETS)
def test_what_cannot_be_a_target_is_refused(api: Api, tx: Any, target: str) -> None:
    problem = api.post("/v1/webhooks", {"url": target}).problem(422)
    assert problem["type"] == "/problems/webhook-target"
    assert problem["title"].startswith("Webhooks do not go there: ")


def test_nor_can_one_be_changed_to_it(api: Api, tx: Any) -> None:
    at = api.post("/v1/webhooks", {"url": "https://example.com/hook"}).headers["Location"]
    api.request("PATCH", at, json={"url": "https://10.0.0.1/"}).problem(422)
    api.request("PATCH", at, json={"url": None}).problem(422)
    assert api.get(at).json["url"] == "https://example.com/hook"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost.", "127.0.0.1", "localhost"])
def test_what_is_looked_up_later_is_refused_later(host: str) -> None:
    """Another way to write an address, or a name that leads inward, whatever it led to before."""
    with Receiver() as receiver:
        port = receiver.url.rpartition(":")[2].partition("/")[0]
        attempt = asyncio.run(_sent(f"https://{host}:{port}/hook", Targets()))
    assert (attempt.status, receiver.received) == (None, [])
    assert "is not" in attempt.error or "no public" in attempt.error or "not known" in attempt.error


def test_it_is_not_led_elsewhere() -> None:
    """An endpoint that answers with a redirect is not followed: it could lead inward."""
    with Receiver() as elsewhere, Receiver() as receiver:
        receiver.answers(307, Location=elsewhere.url)
        attempt = asyncio.run(_sent(receiver.url, Targets([ip_network("127.0.0.1/32")])))
    assert (attempt.status, attempt.error) == (307, "It answered 307.")
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200\r\n", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"a" * 100_000]
)
def test_whatever_it_answers_is_an_attempt(answer: bytes) -> None:
    async def attempt() -> Any:
        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await _sent(f"http://127.0.0.1:{port}/", Targets([ip_network("127.0.0.1/32")]))

    assert asyncio.run(attempt()).error


async def _sent(url: str, targets: Targets) -> Any:
    now = datetime.now(UTC)
    endpoint = Endpoint(uuid4(), "tests", url, (), None, new_secret(), enabled=True, created_at=now)
    delivery = Delivery(uuid4(), endpoint.id, "1-1", "webhook.test", "{}", DeliveryState.PENDING, 0, now)
    async with opened(targets, "Meshwork/tests") as send:
        return await send(endpoint, delivery)
