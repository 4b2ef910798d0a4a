"""/v1/reports: figures of your sales, made as jobs."""

from datetime import date
from enum import StrEnum
from typing import Self

from aiohttp import web
from pydantic import model_validator

from mesh import AsyncTx
from orders import examples
from orders.api.jobs import Job
from orders.api.operation import Call, Operations, answered
from orders.api.problems import FILE_GONE, NO_REPORTS, NOT_MADE
from orders.api.state import DATABASE
from orders.api.stored import refuse_without_store, sent
from orders.documents import Document
from orders.examples import example
from orders.fields import Email, Locale
from orders.store.answers import Answer
from orders.usecases import reporting

api = Operations()

MEDIA = (
    "application/json",
    "text/csv",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
_DAYS = 366


class ReportKind(StrEnum):
    """What is told."""

    DAILY_SALES = "daily_sales"
    PRODUCT_PERFORMANCE = "product_performance"
    CUSTOMER_STATEMENT = "customer_statement"
    CUSTOMER_STATEMENTS = "customer_statements"
    REFUNDS = "refunds"


class ReportFormat(StrEnum):
    """How it is written."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class By(StrEnum):
    """How it comes."""

    ATTACHMENT = "attachment"
    LINK = "link"


class NewReport(Document, json_schema_extra=example(examples.NEW_REPORT)):
    """Which report is wanted."""

    kind: ReportKind
    """`daily_sales`: orders, items and revenue of each day, in each currency and in one.
    `product_performance`: how each product sells, beside the period before. `customer_statement`: what one
    customer ordered, paid and got back. `customer_statements`: an archive with those of all customers who
    ordered or got something back then. `refunds`: what was paid back, and why."""
    format: ReportFormat = ReportFormat.JSON
    """How its file is written: JSON and CSV for programs, XLSX and PDF for people."""
    locale: Locale = "en"
    """Whose words and figures people read in it: a BCP 47 tag, such as en or pt-BR."""
    customer: Email | None = None
    """Whose statement it is; null for all other kinds."""
    first_day: date
    """From which day on, in UTC."""
    last_day: date
    """Until which day, it included: up to a year later."""
    each_by: By | None = None
    """How each customer gets their own of `customer_statements`, by mail; null: they do not."""

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        refuse_nobodys(self.kind, self.customer, self.each_by)
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last_day - self.first_day).days < _DAYS:
            raise ValueError(f"last_day: the first day, or up to {_DAYS - 1} days later")
        return self


def refuse_nobodys(kind: ReportKind, customer: str | None, each_by: By | None) -> None:
    """Raises ValueError for a statement that is nobody's, and for a customer or customers of other kinds."""
    if (kind is ReportKind.CUSTOMER_STATEMENT) != (customer is not None):
        raise ValueError("customer: of a customer_statement, whose it is; of other kinds, null")
    if each_by and kind is not ReportKind.CUSTOMER_STATEMENTS:
        raise ValueError("each_by: of customer_statements; of other kinds, null")


@api.post("/v1/reports", body=NewReport, answer=Job, status=202, refuses=(NO_REPORTS,))
async def make_report(call: Call[NewReport], tx: AsyncTx) -> Answer:
    """Have a report made, of your own orders. The answer is a job; its result says where the file is."""
    refuse_without_store(call.request)
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
    refuse_without_store(call.request)
    async with call.request.app[DATABASE].read() as tx:
        file = await reporting.file_of(call.key.account, call.named("id", "report"), tx)
    return await sent(call.request, file)
