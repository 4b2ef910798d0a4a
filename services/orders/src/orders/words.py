"""What people read in a browser, by language. The first one is for whoever asks for another."""

# ruff: noqa: RUF001  # it is Russian, and means its letters

from typing import Final, NamedTuple


class Told(NamedTuple):
    """A page."""

    title: str
    text: str
    note: str = ""
    """In smaller letters."""
    button: str = ""
    """Of the form, if there is one."""


class Words(NamedTuple):
    """One language."""

    what: str
    """Before the kind of mails that a page is about."""
    to: str
    """Before the address."""
    ask: Told
    done: Told
    undone: Told
    failures: dict[int, Told]
    """By the answer's status."""
    failed: Told
    """All others."""
    kinds: dict[str, str]
    """Of mails; others are shown by their name."""


LANGUAGES: Final[dict[str, Words]] = {
    "en": Words(
        what="Mails about",
        to="To",
        ask=Told(
            "Unsubscribe?",
            "Press the button, and these mails will stop.",
            "Until then nothing changes.",
            "Unsubscribe",
        ),
        done=Told(
            "You are unsubscribed",
            "We will not send you these mails any more.",
            "One that is on its way may still arrive.",
            "That was a mistake",
        ),
        undone=Told(
            "You are subscribed again",
            "We will go on sending you these mails.",
            button="Unsubscribe",
        ),
        failures={
            404: Told(
                "This link does not open",
                "It may be cut off, or its time has passed.",
                "Follow it again from the mail, or copy all of it.",
            ),
            410: Told("The file is gone", "It is not kept any more.", "Ask whoever sent you the link."),
            429: Told("One moment, please", "That was a little often. Try again in a minute."),
        },
        failed=Told("That did not work", "Nothing has changed. Try again in a minute."),
        kinds={
            "marketing": "News and offers",
            "newsletter": "News",
            "receipt": "Receipts",
            "report": "Reports",
            "payment": "Payments",
            "shipping": "Shipping",
            "delivery": "Deliveries",
            "cancellation": "Cancellations",
            "expiry": "Orders that expired",
            "refund": "Refunds",
            "note": "Notes on orders",
        },
    ),
    "ru": Words(
        what="Тема писем",
        to="Кому",
        ask=Told(
            "Отписаться?",
            "Нажмите кнопку, и эти письма больше не придут.",
            "До этого ничего не изменится.",
            "Отписаться",
        ),
        done=Told(
            "Вы отписались",
            "Мы больше не будем присылать вам эти письма.",
            "Письмо, которое уже в пути, ещё может прийти.",
            "Это была ошибка",
        ),
        undone=Told(
            "Вы снова подписаны",
            "Мы и дальше будем присылать вам эти письма.",
            button="Отписаться",
        ),
        failures={
            404: Told(
                "Ссылка не открывается",
                "Возможно, она обрезана или её срок истёк.",
                "Откройте её ещё раз из письма или скопируйте целиком.",
            ),
            410: Told("Файла больше нет", "Он уже не хранится.", "Спросите того, кто прислал вам ссылку."),
            429: Told("Минуту, пожалуйста", "Слишком много попыток. Повторите через минуту."),
        },
        failed=Told("Не получилось", "Ничего не изменилось. Повторите через минуту."),
        kinds={
            "marketing": "Новости и предложения",
            "newsletter": "Новости",
            "receipt": "Чеки",
            "report": "Отчёты",
            "payment": "Оплата",
            "shipping": "Отправка заказов",
            "delivery": "Доставка",
            "cancellation": "Отмена заказов",
            "expiry": "Заказы с истёкшим сроком",
            "refund": "Возвраты",
            "note": "Заметки к заказам",
        },
    ),
}
