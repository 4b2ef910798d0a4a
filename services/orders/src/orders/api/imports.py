"""/v1/imports: many orders in one request, as a stream."""

import asyncio
import csv
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from contracts import uuid7
from mesh import AsyncTx
from orders import examples
from orders.api.asking import once
from orders.api.bodies import READ_WITHIN
from orders.api.jobs import Job
from orders.api.operation import Call, Operations, answered
from orders.api.problems import IMPORT_TOO_LARGE, NO_TABLE, TOO_SLOW
from orders.api.state import DATABASE
from orders.api.streaming import begun
from orders.documents import Document
from orders.examples import example
from orders.jobs import JobKind
from orders.store import jobs
from orders.store.answers import Answer
from orders.store.jobs import Line
from orders.table import NoTable, Table
from orders.usecases import importing, overseeing

api = Operations()

NDJSON, CSV = "application/x-ndjson", "text/csv"
_LONGEST = 128 * 1024  # bytes of a line: twice what an order may be
_PART = 1024 * 1024  # characters, however few orders these are
_BYTES = 512 * 1024 * 1024  # in all; 100,000 orders of five lines are about 100 MB
_WITHIN = 1800.0
"""Seconds for all of it to come: half of those after which it is forgotten."""


class Fault(Document, json_schema_extra=example(examples.FAULT)):
    """A field of a line that does not fit."""

    pointer: str
    """A JSON Pointer to the field."""
    detail: str
    """Why it does not fit."""


class LineFaults(Document, json_schema_extra=example(examples.LINE_FAULTS)):
    """What was wrong with one line."""

    line: int
    """The first is 1."""
    errors: list[Fault]
    """Each field that does not fit."""


@api.post(
    "/v1/imports",
    takes=(NDJSON, CSV),
    answer=Job,
    status=202,
    transaction=False,
    refuses=(IMPORT_TOO_LARGE, NO_TABLE),
)
async def import_orders(call: Call[None]) -> Answer:
    """Place many orders, up to 100,000.

    As NDJSON, an order in each line, or as CSV, in which those with the same `order` are lines of one.
    The answer is a job: orders that do not fit are listed in the end, the others are placed.
    """
    upload = _Upload(call)
    try:
        await upload.receive()
        answer = await upload.start()
    except BaseException:
        await upload.drop()
        raise
    if answer.again:
        await upload.drop()
    return answer


@api.get("/v1/imports/{id}/errors", answer=LineFaults, media=NDJSON, transaction=False)
async def list_import_errors(call: Call[None]) -> web.StreamResponse:
    """What was wrong with which lines of an import, a line each."""
    id = call.named("id", "import")
    async with call.request.app[DATABASE].read() as tx:
        await overseeing.known(call.key.account, id, tx)
    async with begun(call.request, NDJSON) as response:
        part = 0
        while found := await _wrong(call, id, part):
            faults = (LineFaults.model_validate(each) for _, wrong in found for each in wrong)
            await response.write("".join(f"{each.model_dump_json()}\n" for each in faults).encode())
            part = found[-1][0]
    return response


async def _wrong(call: Call[None], id: UUID, part: int) -> list[tuple[int, list[Any]]]:
    async with call.request.app[DATABASE].read() as tx:
        return await jobs.errors(tx, id, part)


class _Upload:
    """Orders that come, kept part by part: what is no whole in the end is dropped."""

    def __init__(self, call: Call[None]) -> None:
        self._call = call
        self._database = call.request.app[DATABASE]
        self._id = uuid7()
        self._digest = sha256()
        self._parts = self._orders = 0

    async def receive(self) -> None:
        """Raises Problem."""
        lines: list[Line] = []
        size = 0
        async for line in self._documents():
            lines.append(line)
            size += len(line[1])
            if len(lines) == importing.PART or size > _PART:
                await self._keep(lines)
                lines, size = [], 0
        if lines or not self._parts:
            await self._keep(lines)

    async def start(self) -> Answer:
        claim = self._call.claim
        if claim:
            claim = replace(claim, fingerprint=sha256(claim.fingerprint + self._digest.digest()).digest())
        answer = await once(self._database, claim, self._start)
        assert isinstance(answer, Answer)
        return answer

    async def drop(self) -> None:
        async with self._database.begin() as tx:
            await jobs.drop(tx, self._id)

    async def _start(self, tx: AsyncTx) -> Answer:
        await importing.start(self._id, self._parts, tx)
        job = await overseeing.known(self._call.key.account, self._id, tx)
        return answered(Job.of(job), 202, Location=f"/v1/jobs/{self._id}")

    async def _keep(self, lines: list[Line]) -> None:
        self._orders += len(lines)
        if self._orders > importing.MOST:
            raise IMPORT_TOO_LARGE.problem(f"An import has {importing.MOST:,} orders at the most.")
        async with self._database.begin() as tx:
            if not self._parts:
                await jobs.begin(tx, self._id, self._call.key.account, JobKind.IMPORT)
            if lines:
                self._parts += 1
                await importing.add_part(self._id, self._parts, lines, tx)

    async def _documents(self) -> AsyncIterator[Line]:
        table = Table() if self._call.request.content_type == CSV else None
        number = 0
        try:
            async for text in self._lines():
                number += 1
                if table is None:
                    if text.strip():
                        yield number, text
                    continue
                for order in table.take(text):
                    yield order
            for order in table.end() if table else ():
                yield order
        except (NoTable, csv.Error) as fault:
            raise NO_TABLE.problem(f"Line {number}: {fault}") from None

    async def _lines(self) -> AsyncIterator[str]:
        request, size = self._call.request, 0
        until = time.monotonic() + _WITHIN
        while request.can_read_body:
            try:
                async with asyncio.timeout(READ_WITHIN):
                    line = await request.content.readuntil(b"\n", max_size=_LONGEST)
            except TimeoutError:
                raise TOO_SLOW.problem() from None
            except LineTooLong:
                raise IMPORT_TOO_LARGE.problem("A line is longer than an order may be.") from None
            size += len(line)
            if size > _BYTES:
                raise IMPORT_TOO_LARGE.problem(f"An import has {_BYTES // 2**20} MiB at the most.")
            if time.monotonic() > until:
                raise TOO_SLOW.problem(f"It did not come within {_WITHIN / 60:.0f} minutes.")
            if not line:
                return
            self._digest.update(line)
            yield _text(line)
            await asyncio.sleep(0)  # what has come already is read without a pause: others want to be served


def _text(line: bytes) -> str:
    """What is no text, or holds a NUL, which no table can, becomes what is no order."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\ufffd"
    return "\ufffd" if "\x00" in text else text
