"""Orders at a steady rate, whatever becomes of them: each is placed until it is accepted, over both APIs."""

import asyncio
import json
import threading
import time
from typing import Any, NamedTuple

import aiohttp

from embedded.ports import HOST

_CONNECTIONS = 32
_PATIENCE = aiohttp.ClientTimeout(total=10)
_AGAIN = 0.05  # seconds until a client tries the other API


class Accepted(NamedTuple):
    """What a client knows of its order."""

    number: int
    id: str
    at: float
    request: str
    """The id of the request, as the API has it in its log."""


def price(number: int) -> int:
    """In cents. No two orders have the same: a mail that shows another's is seen."""
    return 1000 + number


def address(number: int) -> str:
    return f"order-{number}@example.com"


def _document(number: int) -> dict[str, Any]:
    return {
        "customer": {"email": address(number), "name": "Ada Lovelace", "locale": "en"},
        "currency": "EUR",
        "lines": [{"sku": "TEA", "name": "Earl Grey", "quantity": 1, "unit_price": price(number)}],
    }


class Load(threading.Thread):
    """The clients. What they were told is theirs alone: it is outside of all that is rolled."""

    def __init__(self, ports: tuple[int, ...], rate: float) -> None:
        """`rate`: orders per second, also while nobody answers."""
        super().__init__(name="load", daemon=True)
        self._ports = ports
        self._rate = rate
        self.key = ""
        """What opens the API; the plain one is open to all."""
        self._ending = threading.Event()
        self.accepted: list[Accepted] = []
        self.since = self.until = 0.0

    def run(self) -> None:
        asyncio.run(self._run())

    def stop(self) -> None:
        """No more orders; those under way are placed."""
        self._ending.set()
        self.join(60)
        if self.is_alive():
            raise TimeoutError("orders that nobody accepts")

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        key = {"Authorization": f"Bearer {self.key}"}
        async with aiohttp.ClientSession(connector=connector, timeout=_PATIENCE, headers=key) as session:
            self.since, begun, placing = time.time(), time.monotonic(), []
            while not self._ending.is_set():
                placing.append(asyncio.create_task(self._place(session, len(placing))))
                await asyncio.sleep(begun + len(placing) / self._rate - time.monotonic())
            self.until = time.time()
            await asyncio.gather(*placing)

    async def _place(self, session: aiohttp.ClientSession, number: int) -> None:
        tries = 0
        while not await self._is_accepted(session, number, self._ports[(number + tries) % len(self._ports)]):
            tries += 1
            await asyncio.sleep(_AGAIN)

    async def _is_accepted(self, session: aiohttp.ClientSession, number: int, port: int) -> bool:
        """False also where it may have been: the process died before it answered."""
        try:
            async with session.post(f"http://{HOST}:{port}/v1/orders", json=_document(number)) as answer:
                if answer.status != 201:
                    return False
                id = json.loads(await answer.text())["id"]
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
        self.accepted.append(Accepted(number, id, time.time(), answer.headers.get("X-Request-Id", "")))
        return True
