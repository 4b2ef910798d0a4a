"""The way to the API and back, twice: a call blocks, or is awaited. All else is in `call` and `retries`."""

import asyncio
import platform
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing
from importlib.metadata import version
from typing import Any, Generic, Self, TypeVar

import httpx2

from meshwork_client.call import Answer, Call, Outcome
from meshwork_client.following import SILENCE, Following
from meshwork_client.retries import Retries

_AGENT = f"meshwork-client/{version('meshwork-client')} python/{platform.python_version()}"

Http = TypeVar("Http", httpx2.Client, httpx2.AsyncClient)


class _Configured(Generic[Http]):
    _new_http: type[Http]

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 10.0,
        retries: Retries = Retries(),  # noqa: B008  # frozen
        http: Http | None = None,
    ) -> None:
        """`timeout`: seconds for each step of an attempt: to connect, to send, to be answered.

        `http`: with settings of your own, such as a proxy; it is closed with this.
        """
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": _AGENT}
        self._timeout = timeout
        self._retries = retries
        self._http: Http = http or self._new_http()

    def _request(self, call: Call[Any], silence: float | None = None) -> httpx2.Request:
        """`silence`: seconds for which an answer may pause."""
        timeout = httpx2.Timeout(self._timeout, read=silence or self._timeout)
        sent = call.sent(self._headers)
        return self._http.build_request(url=self._url + call.path, timeout=timeout, **sent)


class Transport(_Configured[httpx2.Client]):
    """For whoever waits."""

    _new_http = httpx2.Client

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, call: Call[Answer]) -> Answer:
        request = self._request(call)
        outcome, attempt = self._outcome(request), 1
        while (pause := self._retries.pause(outcome, attempt)) is not None:
            time.sleep(pause)
            outcome, attempt = self._outcome(request), attempt + 1
        return call.read(outcome)

    def _outcome(self, request: httpx2.Request) -> Outcome:
        try:
            return self._http.send(request)
        except httpx2.TransportError as error:
            return error

    def _follow(self, call: Call[Answer]) -> Iterator[tuple[str, Answer]]:
        following = Following(call, self._retries)
        while True:
            request = self._request(following.call, SILENCE)
            outcome: Outcome
            try:
                with closing(self._http.send(request, stream=True)) as outcome:
                    if outcome.is_error:
                        outcome.read()
                    else:
                        yield from filter(None, map(following.take, httpx2.EventSource(outcome)))
            except httpx2.TransportError as error:
                outcome = error
            time.sleep(following.pause(outcome))


class AsyncTransport(_Configured[httpx2.AsyncClient]):
    """For whoever does something else meanwhile."""

    _new_http = httpx2.AsyncClient

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _call(self, call: Call[Answer]) -> Answer:
        request = self._request(call)
        outcome, attempt = await self._outcome(request), 1
        while (pause := self._retries.pause(outcome, attempt)) is not None:
            await asyncio.sleep(pause)
            outcome, attempt = await self._outcome(request), attempt + 1
        return call.read(outcome)

    async def _outcome(self, request: httpx2.Request) -> Outcome:
        try:
            return await self._http.send(request)
        except httpx2.TransportError as error:
            return error

    async def _follow(self, call: Call[Answer]) -> AsyncIterator[tuple[str, Answer]]:
        following = Following(call, self._retries)
        while True:
            request = self._request(following.call, SILENCE)
            outcome: Outcome
            try:
                async with aclosing(await self._http.send(request, stream=True)) as outcome:
                    if outcome.is_error:
                        await outcome.aread()
                    else:
                        async for event in httpx2.EventSource(outcome):
                            if told := following.take(event):
                                yield told
            except httpx2.TransportError as error:
                outcome = error
            await asyncio.sleep(following.pause(outcome))
