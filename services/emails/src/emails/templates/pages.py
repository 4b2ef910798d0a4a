"""What each template is given: whole sentences, sums and dates in the reader's language, on one line each.

A field here is a variable there. What others wrote is cleaned here, so that no template can forget it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from contracts.emails import SendNotice, SendReceipt, SendReport
from contracts.orders import Line
from emails.domain import LINK_LASTS, Batch
from emails.templates.notices import Facts, Mood, notice
from emails.templates.plaintext import lines, one_line, shortened
from emails.templates.readers import Reader

_GLANCE = 140  # characters that mail programs show beside a subject, at the most


@dataclass(frozen=True)
class Page:
    """What the layout shows of every mail."""

    lang: str
    subject: str
    preheader: str
    """What a mail program shows beside the subject."""
    mood: Mood


@dataclass(frozen=True)
class Item:
    quantity: str
    name: str
    sku: str
    price: str
    sum: str
    each: str
    """What one is and costs, in a sentence for the text part."""


@dataclass(frozen=True)
class ReceiptPage(Page):
    greeting: str
    heading: str
    number: str
    order_id: UUID
    date: str
    count: str
    items: tuple[Item, ...]
    total: str


@dataclass(frozen=True)
class NoticePage(Page):
    greeting: str
    heading: str
    number: str
    order_id: UUID
    sentence: str
    quoted: bool
    facts: Facts
    steps: tuple[tuple[str, bool], ...]
    """The stations of an order, and whether it has come there."""


@dataclass(frozen=True)
class ReportPage(Page):
    greeting: str
    title: str
    file: str
    size: str
    link: str | None
    lasts: str


@dataclass(frozen=True)
class BulkPage(Page):
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None
    linked: bool
    """Whether its URL is one of the web: a mail is to run no script."""
    unsubscribe: str


def receipt(wanted: SendReceipt, reader: Reader) -> ReceiptPage:
    name, number = one_line(wanted.recipient.name), _number(wanted.order_id)
    total = reader.money(wanted.total, wanted.currency)
    items = sum(line.quantity for line in wanted.lines)
    count = reader.ngettext("%(number)s item", "%(number)s items", items)
    return ReceiptPage(
        lang=reader.tag,
        subject=reader.gettext("Your order %(number)s", number=number),
        preheader=reader.gettext("%(count)s, %(total)s in all", count=count, total=total),
        mood="calm",
        greeting=_greeting(name, reader),
        heading=reader.gettext("Thank you, %(name)s", name=name) if name else reader.gettext("Thank you"),
        number=number,
        order_id=wanted.order_id,
        date=reader.date(wanted.placed_at),
        count=count,
        items=tuple(_item(line, wanted.currency, reader) for line in wanted.lines),
        total=total,
    )


def _item(line: Line, currency: str, reader: Reader) -> Item:
    sku, price = one_line(line.sku), reader.money(line.unit_price, currency)
    return Item(
        quantity=reader.number(line.quantity),
        name=one_line(line.name),
        sku=sku,
        price=price,
        sum=reader.money(line.quantity * line.unit_price, currency),
        each=reader.gettext("%(sku)s, %(price)s each", sku=sku, price=price),
    )


def of_notice(said: SendNotice, reader: Reader) -> NoticePage:
    number = _number(said.order_id)
    told = notice(said, number, reader)
    return NoticePage(
        lang=reader.tag,
        subject=told.subject,
        preheader=shortened(one_line(told.sentence), _GLANCE),
        mood=told.mood,
        greeting=_greeting(one_line(said.recipient.name), reader),
        heading=told.heading,
        number=number,
        order_id=said.order_id,
        sentence=told.sentence,
        quoted=told.quoted,
        facts=told.facts,
        steps=_steps(told.step, reader),
    )


def _steps(reached: int | None, reader: Reader) -> tuple[tuple[str, bool], ...]:
    if reached is None:
        return ()
    stations = (
        reader.gettext("Placed"),
        reader.gettext("Paid"),
        reader.gettext("Shipped"),
        reader.gettext("Delivered"),
    )
    return tuple((station, number <= reached) for number, station in enumerate(stations))


def report(wanted: SendReport, link: str | None, reader: Reader) -> ReportPage:
    title, file = one_line(wanted.title), one_line(wanted.file.name)
    size = reader.size(wanted.file.size)
    return ReportPage(
        lang=reader.tag,
        subject=reader.gettext("Your report: %(title)s", title=title),
        preheader=f"{file}, {size}",
        mood="calm",
        greeting=_greeting(one_line(wanted.recipient.name), reader),
        title=title,
        file=file,
        size=size,
        link=link,
        lasts=_lasts(LINK_LASTS, reader),
    )


def _lasts(time: timedelta, reader: Reader) -> str:
    return reader.ngettext(
        "The link works for %(number)s day.", "The link works for %(number)s days.", time.days
    )


def bulk(batch: Batch, unsubscribe: str, reader: Reader) -> BulkPage:
    paragraphs = tuple(map(lines, batch.paragraphs))
    action = None if batch.action is None else (one_line(batch.action[0]), one_line(batch.action[1]))
    return BulkPage(
        lang=reader.tag,
        subject=one_line(batch.subject),
        preheader=shortened(one_line(" ".join(paragraphs[:2])), _GLANCE),
        mood="calm",
        paragraphs=paragraphs,
        action=action,
        linked=action is not None and action[1].lower().startswith(("https://", "http://")),
        unsubscribe=unsubscribe,
    )


def _greeting(name: str, reader: Reader) -> str:
    return reader.gettext("Hello %(name)s,", name=name) if name else reader.gettext("Hello,")


def _number(order_id: UUID) -> str:
    """An order's, for people."""
    return str(order_id).rpartition("-")[2].upper()
