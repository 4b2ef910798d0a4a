"""A letter of each kind, as one could be sent: what templates are tried with, previewed and pictured."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from contracts.emails import Recipient, SendNotice, SendReceipt, SendReport
from contracts.files import File
from contracts.orders import Line
from emails.domain import Batch, Content

if TYPE_CHECKING:
    from emails.templates import Templates

_ID = UUID("01a200c9-9702-7958-af9a-e62fda0d58b0")
_LINK = "https://api.shop.example/v1/files/3pJx0eYV1Tn7mQw2"
_UNSUBSCRIBE = "https://api.shop.example/unsubscribe/9dKq5RbZ0uLs4Xc1"
_GOODS = (("TEA-EG-100", 2, 1299), ("POT-08", 1, 6450), ("TOWEL-2", 1, 1900))
"""Numbers of articles, how many, and at which price."""


class _Words:
    """What people wrote in it."""

    name = "Ada Lovelace"
    lines = ("Earl Grey, 100 g", "Cast-iron teapot, 0.8 l", "Linen tea towel, set of two")
    reason = "The teapot is out of stock until May."
    note = "Your tea towels will come in a parcel of their own.\n\nThey leave tomorrow."
    title = "Daily sales, February 2026"
    subject = "The first flush has arrived"
    paragraphs = (
        "The first Darjeeling of the year is here: picked in the morning mist, and flown in last week.",
        "It is light and flowery, and there is little of it. Until Sunday the post is on us.",
    )
    label = "Have a look"


class _RussianWords(_Words):
    name = "Анна Каренина"
    lines = (
        "Чай «Эрл Грей», 100 г",
        "Чугунный чайник, 0,8 л",
        "Льняные полотенца, два в наборе",
    )
    reason = "Чайник закончился, следующая поставка будет в мае."
    note = "Полотенца придут отдельной посылкой.\n\nМы отправим их завтра."
    title = "Продажи по дням, февраль 2026 г."
    subject = "Приехал первый сбор"
    paragraphs = (
        "У нас первый дарджилинг этого года: его собрали в утреннем тумане и привезли самолётом.",
        "Он лёгкий и цветочный, и его мало. До воскресенья доставка за наш счёт.",
    )
    label = "Посмотреть"


def _words(locale: str) -> type[_Words]:
    return _RussianWords if locale.startswith("ru") else _Words


def _currency(locale: str) -> tuple[str, int]:
    """And how many times as large its amounts are."""
    return ("RUB", 90) if locale.startswith("ru") else ("EUR", 1)


def _recipient(locale: str) -> Recipient:
    return Recipient(email="ada@example.com", name=_words(locale).name, locale=locale)


def receipt(locale: str) -> SendReceipt:
    currency, times = _currency(locale)
    goods = zip(
        _words(locale).lines, ("TEA-EG-100", "POT-08", "TOWEL-2"), (2, 1, 1), (1299, 6450, 1900), strict=True
    )
    lines = tuple(
        Line(name=name, sku=sku, quantity=quantity, unit_price=price * times)
        for name, sku, quantity, price in goods
    )
    return SendReceipt(
        account=None,
        order_id=_ID,
        placed_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        recipient=_recipient(locale),
        currency=currency,
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in lines),
    )


def notice(what: Any, locale: str, **more: str) -> SendNotice:
    ordered = receipt(locale)
    return SendNotice(
        account=None,
        order_id=_ID,
        recipient=ordered.recipient,
        what=what,
        currency=ordered.currency,
        amount=ordered.total,
        **more,
    )


def report(locale: str) -> SendReport:
    file = File(digest="0" * 64, size=1_482_332, media_type="text/csv", name="daily-sales-2026-02.csv")
    return SendReport(
        account=None,
        report_id=_ID,
        recipient=_recipient(locale),
        title=_words(locale).title,
        file=file,
        by="link",
    )


def batch(locale: str, action: bool = True) -> Batch:
    words = _words(locale)
    return Batch(
        id=_ID,
        campaign_id=_ID,
        account=None,
        kind="newsletter",
        subject=words.subject,
        paragraphs=words.paragraphs,
        action=(words.label, "https://shop.example/first-flush") if action else None,
    )


Sample = Callable[["Templates", str], Content]

SAMPLES: dict[str, Sample] = {
    "receipt": lambda to, locale: to.receipt(receipt(locale)),
    "paid": lambda to, locale: to.notice(notice("paid", locale)),
    "shipped": lambda to, locale: to.notice(
        notice("shipped", locale, carrier="DHL", tracking="JD014600006281230701")
    ),
    "delivered": lambda to, locale: to.notice(notice("delivered", locale)),
    "cancelled": lambda to, locale: to.notice(notice("cancelled", locale, text=_words(locale).reason)),
    "expired": lambda to, locale: to.notice(notice("expired", locale)),
    "refunded": lambda to, locale: to.notice(notice("refunded", locale)),
    "noted": lambda to, locale: to.notice(notice("noted", locale, text=_words(locale).note)),
    "report": lambda to, locale: to.report(report(locale), _LINK),
    "attached": lambda to, locale: to.report(report(locale), None),
    "bulk": lambda to, locale: to.bulk(batch(locale), _recipient(locale), _UNSUBSCRIBE),
}
"""One of each kind, by which `emails preview` knows it."""

OTHERS: dict[str, Sample] = {
    "shipped, nobody says how": lambda to, locale: to.notice(notice("shipped", locale)),
    "cancelled, nobody says why": lambda to, locale: to.notice(notice("cancelled", locale)),
    "refunded, with a reason": lambda to, locale: to.notice(notice("refunded", locale, text="…")),
    "receipt for nobody": lambda to, locale: to.receipt(_nameless(receipt(locale))),
    "bulk without a button": lambda to, locale: to.bulk(batch(locale, action=False), _recipient(locale), ""),
    "bulk with an odd link": lambda to, locale: to.bulk(
        replace(batch(locale), action=("Call", "tel:+10")), _recipient(locale), _UNSUBSCRIBE
    ),
}
"""What takes the other way at each `if`: templates are tried with these, too."""


def _nameless(wanted: SendReceipt) -> SendReceipt:
    nobody = wanted.recipient.model_copy(update={"name": ""})
    return wanted.model_copy(update={"recipient": nobody})
