"""What a receipt says: in the customer's way to write money and dates, and with nothing of a name obeyed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import any_message, order_placed

from contracts.orders import Line, OrderPlaced
from emails import asked
from emails.domain import Content
from emails.templates import Templates
from emails.templates.plaintext import WIDTH, columns

TEMPLATES = Templates()
NBSP, NARROW = "\u00a0", "\u202f"


def receipt(**changes: Any) -> Content:
    return TEMPLATES.receipt(asked.receipt(order_placed(**changes)))


def priced(minor: int, currency: str, locale: str) -> str:
    """The text of the receipt for one thing of that price."""
    line = Line(sku="T-1", name="Tea", quantity=1, unit_price=minor)
    return receipt(currency=currency, customer={"locale": locale}, lines=(line,), total=minor).text


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (123456, "EUR", "en", "€1,234.56"),
        (123456, "EUR", "de", f"1.234,56{NBSP}€"),
        (123456, "CHF", "de-CH", f"CHF{NBSP}1\u2019234.56"),
        (123456, "EUR", "fr", f"1{NARROW}234,56{NBSP}€"),
        (123456, "JPY", "ja", "￥123,456"),
        (123456, "JPY", "de", f"123.456{NBSP}¥"),
        (123456, "BHD", "en", "BHD123.456"),
        (123456, "RSD", "sr-Latn", f"1.234,56{NBSP}RSD"),
        (123456, "IQD", "en", "IQD123.456"),
        (123456, "BRL", "pt-BR", f"R${NBSP}1.234,56"),
        (123456, "BRL", "pt_XX", f"R${NBSP}1.234,56"),
        (123456, "XYZ", "en", "XYZ1,234.56"),
        (123456, "USD", "xx-YY", "$1,234.56"),
        (123456, "USD", "", "$1,234.56"),
        (0, "EUR", "en", "€0.00"),
        (5, "EUR", "en", "€0.05"),
        (10**18, "EUR", "en", "€10,000,000,000,000,000.00"),
    ],
)
def test_money_is_written_as_its_reader_does(minor: int, currency: str, locale: str, written: str) -> None:
    assert f"Total: {written}\n" in priced(minor, currency, locale)


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "March 1, 2026"),
        ("de", "1. März 2026"),
        ("ja", "2026年3月1日"),
        ("xx", "March 1, 2026"),
    ],
)
def test_dates_are_written_as_their_reader_does(locale: str, written: str) -> None:
    mail = receipt(customer={"locale": locale}, placed_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    assert written in mail.text
    assert written in mail.html


@pytest.mark.parametrize(
    ("locale", "tag"),
    [("en", "en"), ("en-GB", "en-GB"), ("ru_RU", "ru-RU"), ("ru-XX", "ru"), ("pt_BR", "en"), ("xx", "en")],
)
def test_it_says_in_which_language_its_words_are(locale: str, tag: str) -> None:
    """A program that reads out loud would read English words to a Brazilian as if they were Portuguese."""
    assert f'<html lang="{tag}" dir="ltr">' in receipt(customer={"locale": locale}).html


@pytest.mark.parametrize(
    ("locale", "subject", "total"),
    [
        ("ru", "Ваш заказ", f"Итого: 9,00{NBSP}€\n"),
        ("ru-RU", "Ваш заказ", f"Итого: 9,00{NBSP}€\n"),
        ("ru-XX", "Ваш заказ", f"Итого: 9,00{NBSP}€\n"),
        ("RU", "Ваш заказ", f"Итого: 9,00{NBSP}€\n"),
        ("de", "Your order", f"Total: 9,00{NBSP}€\n"),
        ("xx", "Your order", "Total: €9.00\n"),
    ],
)
def test_its_words_are_in_the_readers_language_if_we_have_it(locale: str, subject: str, total: str) -> None:
    mail = receipt(customer={"locale": locale})
    assert mail.subject.startswith(subject)
    assert total in mail.text


@pytest.mark.parametrize(
    ("locale", "quantity", "counted"),
    [
        ("en", 1, "1 item"),
        ("en", 1000, "1,000 items"),
        ("ru", 1, "1 товар"),
        ("ru", 3, "3 товара"),
        ("ru", 5, "5 товаров"),
        ("ru", 11, "11 товаров"),
        ("ru", 21, "21 товар"),
        ("ru", 112, "112 товаров"),
        ("ru", 1002, f"1{NBSP}002 товара"),
        ("de", 1000, "1.000 items"),
    ],
)
def test_things_are_counted_as_the_language_does(locale: str, quantity: int, counted: str) -> None:
    line = Line(sku="T-1", name="Tea", quantity=quantity, unit_price=100)
    html = receipt(customer={"locale": locale}, lines=(line,)).html
    assert f"&middot; {counted}</p>" in html


def test_money_stands_in_one_column_at_the_right_edge() -> None:
    names = (
        "Tea",
        "愛" * 3,
        "Чай",
        "e\u0301",
        "A name that is so long that it takes more than a line of its own " * 2,
    )
    lines = tuple(
        Line(sku="S", name=name, quantity=1, unit_price=10 ** (n + 2)) for n, name in enumerate(names)
    )
    rows = [row for row in receipt(lines=lines).text.splitlines() if row.endswith(".00")]
    assert len(rows) == len(names) + 1
    assert {columns(row) for row in rows} == {WIDTH}


ODD = "Ada\r\nBcc: eve@example.com\x00\x1b[31m\u202eolleh\u2066\u2028\u200f!"


def test_a_name_is_one_line_whatever_is_in_it() -> None:
    line = Line(sku=ODD, name=ODD, quantity=1, unit_price=1)
    mail = receipt(customer={"name": ODD}, lines=(line,))
    shown = "Ada Bcc: eve@example.com [31m olleh !"
    assert mail.text.splitlines()[0] == f"Hello {shown},"
    for text in mail:
        assert not {"\x00", "\x1b", "\u202e", "\u2066", "\u2028", "\u200f"} & set(text)
    assert mail.text.count(shown) == mail.html.count(shown) == 3


def test_who_has_no_name_is_greeted_all_the_same() -> None:
    mail = receipt(customer={"name": "\u200f \n"})
    assert mail.text.startswith("Hello,\n")
    assert ">Thank you</h1>" in mail.html


def test_it_names_the_order() -> None:
    placed = order_placed()
    mail = TEMPLATES.receipt(asked.receipt(placed))
    number = str(placed.order_id)[-12:].upper()
    assert mail.subject == f"Your order {number}"
    assert number in mail.text
    assert str(placed.order_id) in mail.html


def test_nothing_in_html_is_a_customers_or_sellers_own_tag() -> None:
    evil = "<script>alert('1')</script> & \"Söhne\""
    line = Line(sku=evil, name=evil, quantity=1, unit_price=1)
    mail = receipt(customer={"name": evil, "locale": "en"}, lines=(line,))
    assert "<script>" not in mail.html
    assert mail.html.count("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &#34;Söhne&#34;") == 3
    assert mail.text.count(evil) == 3  # text is text


def test_a_template_in_a_name_is_a_name() -> None:
    assert "{{ order }}" in receipt(customer={"name": "{{ order }}"}).text


def test_a_long_list_is_whole() -> None:
    lines = tuple(Line(sku=f"S-{n}", name=f"Thing {n}", quantity=n, unit_price=100) for n in range(1, 501))
    mail = receipt(lines=lines)
    for text in (mail.text, mail.html):
        assert all(line.sku in text for line in lines)
        assert "€500.00" in text


@given(locale=st.text() | st.from_regex(r"[a-z]{2,3}([-_@.][A-Za-z0-9]{1,8}){0,3}", fullmatch=True))
def test_no_locale_costs_the_receipt(locale: str) -> None:
    assert "Tea" in receipt(customer={"locale": locale}).text


@given(placed=any_message(OrderPlaced, min_value=-(10**12), max_value=10**12))
def test_any_order_has_a_receipt(placed: OrderPlaced) -> None:
    assert str(placed.order_id) in TEMPLATES.receipt(asked.receipt(placed)).text
