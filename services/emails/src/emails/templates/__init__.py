"""The texts of the mails: Jinja2 templates, money and dates as the customer's locale writes them."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from contracts.emails import Recipient, SendNotice, SendReceipt, SendReport
from emails.domain import Batch, Content
from emails.templates.notices import notice


class Templates:
    """All templates, compiled once per process."""

    def __init__(self) -> None:
        environment = Environment(
            loader=PackageLoader("emails"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,  # a missing variable is an error, not a hole in a mail
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html = environment.get_template("receipt.html")
        self._text = environment.get_template("receipt.txt")
        self._notice_html = environment.get_template("notice.html")
        self._notice_text = environment.get_template("notice.txt")

    def receipt(self, order: SendReceipt) -> Content:
        """The receipt for an order."""
        locale = _locale(order.recipient.locale)
        values = {
            "order": order,
            "number": _number(order.order_id),
            "money": partial(_money, currency=order.currency, locale=locale),
            "date": _date(order.placed_at, locale),
            "language": locale.replace("_", "-"),
        }
        return Content(f"Your order {values['number']}", self._text.render(values), self._html.render(values))

    def notice(self, said: SendNotice) -> Content:
        """To the customer whose order has changed."""
        locale = _locale(said.recipient.locale)
        subject, sentence = notice(said, _number(said.order_id), _money(said.amount, said.currency, locale))
        values = {
            "name": said.recipient.name,
            "order_id": said.order_id,
            "subject": subject,
            "sentence": sentence,
            "language": locale.replace("_", "-"),
        }
        return Content(subject, self._notice_text.render(values), self._notice_html.render(values))

    def report(self, wanted: SendReport, link: str | None) -> Content:
        """In work: the templates of reports and campaigns."""
        text = f"{wanted.title}\n{link or wanted.file.name}"
        return Content(wanted.title, text, text)

    def bulk(self, batch: Batch, recipient: Recipient, unsubscribe: str) -> Content:
        """The same."""
        text = "\n\n".join([*batch.paragraphs, unsubscribe])
        return Content(batch.subject, text, text)


def _number(order_id: UUID) -> str:
    """An order's, for people."""
    return str(order_id).rpartition("-")[2].upper()


@lru_cache(maxsize=1024)
def _locale(tag: str) -> str:
    """Babel's name for a tag; the language alone where the region is unknown; else English."""
    for known in (tag, tag.replace("_", "-").partition("-")[0]):
        try:
            return str(Locale.parse(known.replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"


@lru_cache(maxsize=8192)  # prices repeat, and formatting one costs 15 us
def _money(minor: int, currency: str, locale: str) -> str:
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=locale)


def _date(at: datetime, locale: str) -> str:
    return _minute(at.astimezone(UTC).replace(second=0, microsecond=0), locale)


@lru_cache(maxsize=1024)  # many orders share a minute, and formatting one costs 17 us
def _minute(at: datetime, locale: str) -> str:
    return f"{format_date(at, 'long', locale=locale)}, {format_time(at, 'short', locale=locale)} UTC"
