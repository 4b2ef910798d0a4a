"""The API's documents.

Written by `make client` from the API's description: changes are lost.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Known = TypeVar("Known", bound=StrEnum)
Open = Annotated[Known | str, Field(union_mode="left_to_right")]
"""An enumeration that may grow: what nobody knows here is read as it stands."""


class Document(BaseModel):
    """Fields that nobody knows here are kept: a newer API tells more, and refuses what is misspelt."""

    model_config = ConfigDict(extra="allow", frozen=True)


class BrowserKeys(Document):
    """What its pushes are encrypted with: in URL-safe base64 without padding, as the browser says it."""

    p256dh: str
    """65 bytes: a point of P-256 that is not compressed."""
    auth: str
    """16 bytes."""


class By(StrEnum):
    """How it comes."""

    ATTACHMENT = "attachment"
    LINK = "link"


class Customer(Document):
    """Who buys."""

    email: str
    """Where the receipt goes, and what else is to be told of the order."""
    name: str
    """As the mails address them."""
    locale: str = "en"
    """Of the mails: a BCP 47 tag, such as en or pt-BR."""
    country: str | None = None
    """Where they are: two letters of ISO 3166, such as DE; null: not said. For figures by country."""


class Deliveries(Document):
    """A page of deliveries."""

    deliveries: list[Sent]
    """The newest first."""
    older: str | None
    """Where the next page is; null: there is none."""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class EndpointFacts(Document):
    """A webhook that was disabled."""

    webhook_id: UUID
    """Which webhook."""
    why: str
    """For people: what was wrong with it."""


class Entry(Document):
    """Something that was done for an order."""

    at: datetime
    """When."""
    service: str
    """Who did it: `orders`, `emails` or `reports`."""
    what: str
    """For people: it may be worded otherwise one day."""


class Event(Document):
    """What became of an order, a webhook, an import or a report."""

    type: Open[EventType]
    """What happened."""
    timestamp: datetime
    """When."""
    data: OrderFacts | EndpointFacts | ImportFacts | ReportFacts
    """What it is about, as it was then."""


class EventType(StrEnum):
    """What a client can follow."""

    ORDER_PLACED = "order.placed"
    ORDER_PAID = "order.paid"
    ORDER_SHIPPED = "order.shipped"
    ORDER_DELIVERED = "order.delivered"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_EXPIRED = "order.expired"
    ORDER_REFUNDED = "order.refunded"
    ORDER_NOTED = "order.noted"
    WEBHOOK_DISABLED = "webhook.disabled"
    IMPORT_ENDED = "import.ended"
    REPORT_MADE = "report.made"


class Fault(Document):
    """A field of a line that does not fit."""

    pointer: str
    """A JSON Pointer to the field."""
    detail: str
    """Why it does not fit."""


class FieldError(Document):
    """A field that does not fit."""

    pointer: str
    """A JSON Pointer to the field, or the parameter of the query."""
    detail: str
    """Why it does not fit."""


class ImportFacts(Document):
    """An import that has ended."""

    job_id: UUID
    """Which import: its job."""
    placed: int
    """Orders that were."""
    failed: int
    """Orders that were not."""


class ImportResult(Document):
    """What came of an import."""

    placed: int
    """Orders that were placed."""
    failed: int
    """Orders that were not."""
    errors: str | None
    """Where they are; null: there are none."""


class Job(Document):
    """Something that takes longer than a request."""

    id: UUID
    """It stays the same."""
    kind: Open[JobKind]
    """What it does."""
    state: Open[JobState]
    """How it is doing."""
    progress: Progress
    """How far it is."""
    parts: list[Part]
    """By number."""
    result: ImportResult | ReportResult | None
    """Null: there is none, or not yet."""
    problem: JobProblem | None
    """What keeps it from going on; null: nothing does."""
    created_at: datetime
    """When it began."""
    ended_at: datetime | None
    """When it ended; null: it has not."""


class JobKind(StrEnum):
    """What is to be done."""

    IMPORT = "import"
    REPORT = "report"


class JobProblem(Document):
    """Why a job does not go on."""

    type: str
    """It stays the same."""
    title: str
    """For people."""


class JobState(StrEnum):
    """As Celery calls them."""

    PENDING = "PENDING"
    STARTED = "STARTED"
    PROGRESS = "PROGRESS"
    RETRY = "RETRY"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    REVOKED = "REVOKED"


class Line(Document):
    """So much of one thing."""

    sku: str
    """Your own number of the thing."""
    name: str
    """What it is called on the receipt."""
    quantity: int
    """How many of it."""
    unit_price: int
    """For one of it, in minor units: 1299 is 12.99 EUR."""


class LineFaults(Document):
    """What was wrong with one line."""

    line: int
    """The first is 1."""
    errors: list[Fault]
    """Each field that does not fit."""


class Missed(StrEnum):
    """What becomes of times at which nothing could be sent off."""

    ONCE = "once"
    EACH = "each"


class Order(Document):
    """An order as it is now."""

    id: UUID
    """It stays the same, and sorts by the time at which the order was placed."""
    status: Open[Status]
    """Where it is on its way."""
    version: int
    """It grows with every change. As `If-Match: "3"`, a change is made to this version or not at all."""
    placed_at: datetime
    """To the millisecond."""
    expires_at: datetime | None
    """If it is not paid until then; null: it need not be any more."""
    changed_at: datetime | None
    """When it last changed; null: it has not since it was placed."""
    customer: Customer
    currency: str
    """Of all amounts: three letters of ISO 4217."""
    lines: list[Line]
    """What is bought."""
    total: int
    """Of all lines, in minor units."""
    refunded: int
    """How much of the total was given back, in minor units."""
    metadata: dict[str, str]
    """Names and values of your own."""
    receipt_sent_at: datetime | None
    """When the receipt was mailed; null: not yet."""


class OrderFacts(Document):
    """The order as it was then. A type of event may tell more, in fields of its own."""

    order_id: UUID
    """Which order."""
    status: Open[Status]
    """Where it was on its way."""
    version: int
    """Of the order, after what happened."""
    currency: str
    """Of all amounts: three letters of ISO 4217."""
    total: int
    """Of all lines, in minor units."""
    refunded: int
    """How much of the total was given back until then, in minor units."""


class OrderPage(Document):
    """A page of orders."""

    orders: list[Order]
    """The newest first."""
    newer: str | None
    """Where the page of those that are newer is; null: there are none yet."""
    older: str | None
    """Where the page of those that are older is; null: there are none."""


class Part(Document):
    """A part of a job, done as one."""

    number: int
    """The first is 1."""
    name: str | None
    """What a part of a report tells, as `days`; null: an import's, or the report itself."""
    state: Open[JobState]
    """How it is doing."""
    total: int
    """Orders in it; of a report, 1."""
    failed: int
    """Orders that could not be placed."""


class Period(StrEnum):
    """Which days."""

    YESTERDAY = "yesterday"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    MONTH_TO_DATE = "month_to_date"


class Problem(Document):
    """RFC 9457: what went wrong. A kind of problem may say more, in fields of its own."""

    type: str
    """Its kind: it stays the same for ever, so programs go by it."""
    title: str
    """For people: it may be worded otherwise one day."""
    status: int
    """That of the answer."""
    errors: list[FieldError] | None = None
    """Of a document that does not fit: each field that does not."""


class Progress(Document):
    """How far a job is."""

    done: int
    """Orders that are done with, those that failed included; of a report, parts that are there."""
    total: int | None
    """Null: it is still coming. A report has more parts once the first of them is there."""


class PushKey(Document):
    """What a browser needs to subscribe."""

    public_key: str
    """As `applicationServerKey` of `PushManager.subscribe`: a point of P-256, in URL-safe base64."""


class Reader(Document):
    """Who gets a report."""

    email: str
    """Where it goes."""
    name: str
    """As the mail addresses them."""
    locale: str = "en"
    """Of the mail: a BCP 47 tag, such as en or pt-BR."""


class ReportFacts(Document):
    """A report that was made."""

    job_id: UUID
    """Which report: its job."""
    name: str
    """What a person would save its file as."""
    media_type: str
    """What it is written in."""
    size: int
    """In bytes."""


class ReportFormat(StrEnum):
    """How it is written."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class ReportKind(StrEnum):
    """What is told."""

    DAILY_SALES = "daily_sales"
    PRODUCT_PERFORMANCE = "product_performance"
    CUSTOMER_STATEMENT = "customer_statement"
    CUSTOMER_STATEMENTS = "customer_statements"
    REFUNDS = "refunds"


class ReportResult(Document):
    """A report that was made."""

    file: str
    """Where it is."""
    name: str
    """What a person would save it as."""
    media_type: str
    """What it is written in."""
    size: int
    """In bytes."""


class Run(Document):
    """A time at which a report was asked for."""

    due_at: datetime
    """When it fell due; of one that was asked for by hand, when that was."""
    fired_at: datetime
    """When it was asked for."""
    report_id: UUID
    """Of the report."""


class Schedule(Document):
    """A report that is made again and again, or once at a time."""

    id: UUID
    """It stays the same."""
    version: int
    """It grows with every change. As `If-Match: "3"`, a change is made to this version or not at all."""
    state: Open[ScheduleState]
    name: str
    """For people."""
    cron: str | None
    """By the clocks of the zone."""
    every: int | None
    """Seconds between two times."""
    at: datetime | None
    """The only time, or the first of those that come `every` so often."""
    zone: str
    """Whose clocks and days are meant."""
    kind: str
    """What is told."""
    format: str
    """How its file is written."""
    period: Open[Period]
    locale: str
    """Of the report."""
    customer: str | None
    """Whose statement it is; null for all other kinds."""
    recipients: list[Reader]
    """Who gets it."""
    by: Open[By]
    each_by: Open[By] | None
    """How each customer gets their own; null: they do not."""
    missed: Open[Missed]
    next_due_at: datetime | None
    """Null: it is paused, or has had its last time."""
    last_run: Run | None
    """Null: there was none yet."""
    confirmed: bool
    """Whether the service that makes reports has it as it is here."""
    created_at: datetime
    """When it was heard of first."""


class ScheduleState(StrEnum):
    """How it is doing."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Schedules(Document):
    """All that an account has."""

    schedules: list[Schedule]
    """By age."""


class Secret(Document):
    """Where events are sent, and what they are signed with."""

    id: UUID
    """It stays the same."""
    url: str
    """It takes a POST."""
    types: list[Open[EventType]]
    """Events that are sent there; none: all."""
    description: str | None
    """For people: what it is for."""
    enabled: bool
    """Whether anything is sent there."""
    failing_since: datetime | None
    """Nothing was taken since then; null: what was sent last was."""
    disabled_why: str | None
    """For people: why nothing is sent there; null: you did it, or nobody."""
    created_at: datetime
    """When it was registered."""
    secret: str
    """Shown this once: what is sent is signed with it, as Standard Webhooks has it."""


class Sent(Document):
    """An event on its way to a webhook, or there."""

    id: UUID
    """Of this delivery."""
    event_id: str
    """Of the event: the same at each webhook and in each attempt, as `webhook-id`."""
    type: str
    """What happened."""
    state: Open[DeliveryState]
    """How it goes."""
    due_at: datetime | None
    """When it is tried again; null: it is not."""
    attempts: list[Tried]
    """By time."""
    body: str
    """As it is sent."""


class Status(StrEnum):
    """Where an order is on its way."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Timeline(Document):
    """The story of an order."""

    order_id: UUID
    """Whose story it is."""
    entries: list[Entry]
    """By time."""


class Tried(Document):
    """An attempt to deliver."""

    at: datetime
    """When it began."""
    milliseconds: int
    """How long it took."""
    status: int | None
    """Of the answer; null: there was none."""
    error: str | None
    """Null: it was taken."""


class Webhook(Document):
    """Where events are sent."""

    id: UUID
    """It stays the same."""
    url: str
    """It takes a POST."""
    types: list[Open[EventType]]
    """Events that are sent there; none: all."""
    description: str | None
    """For people: what it is for."""
    enabled: bool
    """Whether anything is sent there."""
    failing_since: datetime | None
    """Nothing was taken since then; null: what was sent last was."""
    disabled_why: str | None
    """For people: why nothing is sent there; null: you did it, or nobody."""
    created_at: datetime
    """When it was registered."""


class Webhooks(Document):
    """All that an account has."""

    webhooks: list[Webhook]
    """By age."""
