"""/v1/reports: figures of your sales, made as jobs."""

import asyncio
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Self
from urllib.parse import quote

from aiohttp import web
from pydantic import model_validator

from contracts.files import File
from mesh import AsyncTx
from orders import examples
from orders.api.jobs import Job
from orders.api.operation import Call, Operations, answered
from orders.api.problems import FILE_GONE, NO_REPORTS, NOT_MADE
from orders.api.state import DATABASE, FILES
from orders.api.streaming import begun
from orders.documents import Document
from orders.examples import example
from orders.store.answers import Answer
from orders.usecases import reporting

api = Operations()

MEDIA = ("application/json", "text/csv")
_DAYS = 366


class ReportKind(StrEnum):
    """What is told."""

    DAILY_SALES = "daily_sales"


class ReportFormat(StrEnum):
    """How it is written."""

    JSON = "json"
    CSV = "csv"


class NewReport(Document, json_schema_extra=example(examples.NEW_REPORT)):
    """Which report is wanted."""

    kind: ReportKind
    """`daily_sales`: orders, items and revenue of each day, in each currency."""
    format: ReportFormat = ReportFormat.JSON
    """How its file is written."""
    first_day: date
    """From which day on, in UTC."""
    last_day: date
    """Until which day, it included: up to a year later."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last_day - self.first_day).days < _DAYS:
            raise ValueError(f"last_day: the first day, or up to {_DAYS - 1} days later")
        return self


@api.post("/v1/reports", body=NewReport, answer=Job, status=202, refuses=(NO_REPORTS,))
async def make_report(call: Call[NewReport], tx: AsyncTx) -> Answer:
    """Have a report made, of your own orders. The answer is a job; its result says where the file is."""
    _refuse_without_store(call.request)
    wanted = call.body.model_dump(mode="json")
    job = await reporting.order_report(call.key.account, tx, **wanted)
    return answered(Job.of(job), 202, Location=f"/v1/jobs/{job.id}")


@api.get(
    "/v1/reports/{id}/file",
    answer=None,
    gives=MEDIA,
    transaction=False,
    refuses=(NOT_MADE, FILE_GONE, NO_REPORTS),
)
async def get_report_file(call: Call[None]) -> web.StreamResponse:
    """The file of a report, named as a person would save it. It never changes."""
    _refuse_without_store(call.request)
    async with call.request.app[DATABASE].read() as tx:
        file = await reporting.file_of(call.key.account, call.named("id", "report"), tx)
    pieces = call.request.app[FILES].read(file)
    piece = await _next(pieces)  # before anything is said: it may not be there any more
    async with begun(call.request, file.media_type, **_headers(file)) as response:
        while piece:
            await response.write(piece)
            piece = await _next(pieces)
    return response


def _refuse_without_store(request: web.Request) -> None:
    if FILES not in request.app:
        raise NO_REPORTS.problem()


async def _next(pieces: Iterator[bytes]) -> bytes:
    """From a disk, or a share: in a thread, as it may take long. Empty at the end."""
    return await asyncio.to_thread(next, pieces, b"")


def _headers(file: File) -> dict[str, str]:
    return {
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "ETag": f'"{file.digest}"',
    }
