"""What a report is called, in the language of whoever gets it."""

# ruff: noqa: RUF001  # it is Russian, and means its letters

from datetime import date
from typing import Final

_KINDS: Final = {
    "en": {
        "daily_sales": "Daily sales",
        "product_performance": "Products",
        "customer_statement": "Statement",
        "refunds": "Refunds",
        "operations": "Operations",
    },
    "ru": {
        "daily_sales": "Продажи по дням",
        "product_performance": "Товары",
        "customer_statement": "Выписка",
        "refunds": "Возвраты",
        "operations": "Работа системы",
    },
}


def title(kind: str, first: date, last: date, locale: str) -> str:
    """With its days as everybody reads them. English, where the language is not known here."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    name = _KINDS.get(language, _KINDS["en"])[kind]
    return f"{name}, {first}" if first == last else f"{name}, {first} – {last}"
