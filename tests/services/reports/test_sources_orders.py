"""Orders of elsewhere in CSV, as people's programs write it: what fits is taken, what does not is named."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain import digits
from reports.sources import cells, orders_csv, table
from reports.sources.orders_csv import Fault, Line, Order, parse
from reports.sources.seen import Seen
from reports.sources.table import Unreadable

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
COLUMNS = [*orders_csv.NEEDED, "account"]
HEAD = ",".join(COLUMNS)
ROW = {
    "order": "A-1",
    "placed_at": "2026-11-21T10:00:00+01:00",
    "customer_email": "ada@example.com",
    "customer_name": "Ada Lovelace",
    "country": "GB",
    "currency": "EUR",
    "sku": "T-1",
    "name": "Tea, 100 g",
    "quantity": "2",
    "unit_price": "12.99",
    "account": "shop",
}


def file(*rows: dict[str, str], separator: str = ",", head: Iterable[str] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(head), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(content: str | bytes, encoding: str | None = None) -> list[Order | Fault]:
    content = content.encode() if isinstance(content, str) else content
    return list(parse(io.BytesIO(content), NOW, encoding))


def orders(found: list[Order | Fault]) -> list[str]:
    return [each.reference for each in found if isinstance(each, Order)]


def faults(found: list[Order | Fault]) -> list[Fault]:
    return [each for each in found if isinstance(each, Fault)]


def test_rows_of_one_order_are_its_lines() -> None:
    found = read(file(ROW, ROW | {"sku": "M-1", "name": "Mug", "quantity": "1"}, ROW | {"order": "A-2"}))
    first, second = found
    assert first == Order(
        reference="A-1",
        placed_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
        customer_email="ada@example.com",
        customer_name="Ada Lovelace",
        country="GB",
        currency="EUR",
        account="shop",
        lines=(Line("T-1", "Tea, 100 g", 2, 1299), Line("M-1", "Mug", 1, 1299)),
        line=2,
    )
    assert isinstance(second, Order)
    assert (first.total, second.total, second.line) == (3 * 1299, 2 * 1299, 4)
    assert "ada@" not in repr(first)


SAFE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters="='"),
    min_size=1,
    max_size=20,
)
LINES = st.lists(
    st.builds(Line, SAFE, SAFE, st.integers(1, cells.MOST_QUANTITY), st.integers(0, cells.MOST_PRICE)),
    min_size=1,
    max_size=4,
)


@given(
    made=st.dictionaries(SAFE, st.tuples(LINES, st.sampled_from(["EUR", "JPY", "KWD"]), SAFE), max_size=5),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    breaks=st.sampled_from(["\n", "\r\n", "\r"]),
    columns=st.permutations(COLUMNS),
)
def test_what_was_written_is_read(
    made: dict[str, Any], separator: str, encoding: str, breaks: str, columns: list[str]
) -> None:
    rows = [
        ROW
        | {
            "order": reference,
            "currency": currency,
            "customer_name": name,
            "sku": line.sku,
            "name": line.name,
        }
        | {"quantity": str(line.quantity), "unit_price": written(line.unit_price, currency)}
        for reference, (lines, currency, name) in made.items()
        for line in lines
    ]
    text = file(*rows, separator=separator, head=columns).replace("\r\n", breaks)
    found = read(text.encode(encoding))
    assert faults(found) == []
    assert [
        (o.reference, list(o.lines), o.currency, o.customer_name) for o in found if isinstance(o, Order)
    ] == [(reference, *rest) for reference, rest in made.items()]


def written(minor: int, currency: str) -> str:
    places = digits(currency)
    shown = str(minor).rjust(places + 1, "0")
    return f"{shown[:-places]}.{shown[-places:]}" if places else shown


@given(st.binary(max_size=300))
def test_no_bytes_do_any_harm(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


@given(st.lists(st.text(max_size=60), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_nor_does_any_text_below_the_first_line(lines: list[str], breaks: str) -> None:
    content = breaks.join([HEAD, *lines, ""]).encode(errors="surrogatepass")
    good = breaks.encode() + file(ROW | {"order": "good"}).splitlines()[1].encode()
    try:
        found = read(content + good)
    except Unreadable as error:
        assert "is not utf-8" in str(error)  # a surrogate
        return
    assert orders(found) == ["good"]


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("12.99", "EUR", 1299),
        ("12,99", "EUR", 1299),
        ("12", "EUR", 1200),
        ("12.9", "EUR", 1290),
        ("12.9900", "EUR", 1299),
        ("1 234,50", "EUR", 123450),
        ("1\u00a0234,50", "EUR", 123450),
        ("1\u202f234\u202f567,5", "EUR", 123456750),
        ("1,234.50", "EUR", 123450),
        ("1.234,50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1,234,567", "EUR", 123456700),
        ("1.234.567", "EUR", 123456700),
        ("1234.500", "EUR", 123450),
        ("0.990", "EUR", 99),
        ("'12.99", "EUR", 1299),
        ('="12.99"', "EUR", 1299),
        (" 12.99 ", "EUR", 1299),
        ("1299", "JPY", 1299),
        ("1299.00", "JPY", 1299),
        ("12.999", "KWD", 12999),
        ("0", "EUR", 0),
    ],
)
def test_amounts_as_people_write_them(written: str, currency: str, minor: int) -> None:
    assert cells.price(written, currency) == minor


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("1,234", "can be read in two ways"),
        ("1.234", "can be read in two ways"),
        ("12.345", "can be read in two ways"),
        ("1234.567", "more than 2 digits behind its point"),
        ("0.001", "more than 2 digits behind its point"),
        ("-1", "no number, or a negative one"),
        ("+1", "no number"),
        ("1e3", "no number"),
        ("NaN", "no number"),
        ("12.99 EUR", "no number"),
        ("1.234.56", "no number"),
        ("12 34,50", "no number"),
        ("1,23,456", "no number"),
        ("१२", "no number"),
        ("12.", "no number"),
        ("", "it is empty"),
        ("=1+1", "it is a formula"),
        ("9" * 100, "it is too much"),
    ],
)
def test_amounts_that_are_none(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cells.price(written, "EUR")


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("placed_at", "21.11.2026 10:00", "is no time such as"),
        ("placed_at", "2026-11-21T10:00:00", "does not say of which offset it is"),
        ("placed_at", "1899-12-31T00:00:00Z", "is before 1990, or has not come yet"),
        ("placed_at", "2026-11-30T00:00:00Z", "is before 1990, or has not come yet"),
        ("placed_at", "0001-01-01T00:00:00+14:00", "is before 1990"),
        ("customer_email", "ada", "it is no address"),
        ("customer_name", "", "it is empty"),
        ("customer_name", "Ada\x00", "a control character"),
        ("customer_name", "A" * 201, "201 characters, and 200 at the most"),
        ("customer_name", '=HYPERLINK("http://x")', "it is a formula"),
        ("country", "Germany", "is no code of 2 letters"),
        ("currency", "€", "is no code of 3 letters"),
        ("sku", "=A1", "it is a formula"),
        ("quantity", "0", "it is not from 1 to"),
        ("quantity", "1.5", "more than 0 digits behind its point"),
        ("quantity", "two", "is no number"),
        ("unit_price", "free", "is no number"),
        ("order", "", "it is empty"),
    ],
)
def test_one_bad_cell_costs_its_order_and_no_other(column: str, cell: str, why: str) -> None:
    found = read(file(ROW | {"order": "before"}, ROW | {column: cell}, ROW | {"order": "after"}))
    assert orders(found) == ["before", "after"]
    [fault] = faults(found)
    assert (fault.line, fault.column) == (3, column)
    assert why in fault.reason
    assert fault.order == (None if column == "order" else "A-1")


def test_every_bad_cell_of_a_row_is_told() -> None:
    found = read(file(ROW | {"country": "?", "quantity": "?", "unit_price": "?"}))
    assert [fault.column for fault in faults(found)] == ["country", "quantity", "unit_price"]
    assert orders(found) == []


GOOD = file(ROW | {"order": "before"}, ROW | {"order": "after"}).splitlines()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ('A-1,"never closed,x', "a quote is not closed"),
        ('A-1,"closed"and more,x', "something follows a closing quote"),
        ("A-1,too,few", "it has 3 cells, and the first line 11"),
        ("A-1" + ",x" * 11, "it has 12 cells, and the first line 11"),
        ("A-1," + "x" * (table.LONGEST + 1), "it is longer than"),
        ("A-1," + "x" * (10 * table.LONGEST), "it is longer than"),
    ],
)
def test_one_broken_row_costs_no_other(broken: str, why: str) -> None:
    found = read("\n".join([*GOOD[:2], broken, GOOD[2]]))
    assert orders(found) == ["before", "after"]
    [fault] = faults(found)
    assert (fault.line, fault.column) == (3, None)
    assert why in fault.reason
    assert fault.order == (None if "longer" in why else "A-1")


def test_an_order_that_lacks_a_row_is_not_taken() -> None:
    first, good, other = file(ROW, ROW | {"order": "other"}).splitlines()
    found = read(f'{first}\n{good}\nA-1,"never closed\n{good}\n{other}')
    assert orders(found) == ["other"]
    assert [(fault.line, fault.order) for fault in faults(found)] == [(3, "A-1")]


def test_rows_of_one_order_say_the_same_of_it_and_stand_together() -> None:
    found = read(
        file(ROW, ROW | {"currency": "USD"}, ROW | {"order": "B"}, ROW | {"order": "C"}, ROW | {"order": "B"})
    )
    assert orders(found) == ["B", "C"]
    assert faults(found) == [
        Fault(3, "currency", "it is not as in line 2, of the same order", "A-1"),
        Fault(6, "order", "it stands further up, too: rows of one order stand together", "B"),
    ]


def test_an_order_has_an_end() -> None:
    found = read(file(*[ROW] * (orders_csv.MOST_LINES + 2), ROW | {"order": "after"}))
    assert orders(found) == ["after"]
    assert [fault.reason for fault in faults(found)] == ["an order has 1000 lines at the most"]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("", "it is empty: its first line should name the columns"),
        ("\n\n", "it is empty"),
        (HEAD.replace(",sku", ""), "it lacks sku"),
        ("x", "it lacks country, currency"),
        (HEAD.replace("account", "acount"), "there is no column 'acount': there are account, country"),
        (f"{HEAD},sku", "the column sku is there twice"),
        ("x" * (table.LONGEST + 1), "it is longer than"),
        ('"order', "it lacks"),
    ],
)
def test_what_does_not_begin_with_the_columns_is_no_table(head: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(f"{head}\n{GOOD[1]}\n" if head.strip() else head)


def test_columns_alone_are_no_orders() -> None:
    assert read(HEAD) == []
    assert read(f"{HEAD}\n{',' * 10}\n\n") == []


def test_columns_are_found_as_people_name_them() -> None:
    head = "sep=;\r\nOrder;Placed at;Customer E-Mail;x".replace("Customer E-Mail;x", "Customer Email;")
    head += "CUSTOMER NAME;Country;Currency;SKU;Name;Quantity;Unit-price;;"
    assert orders(read(f"{head}\r\nA-1;2026-11-21T10:00Z;a@b;A;DE;EUR;T;T;1;1,50;;\r\n")) == ["A-1"]


@pytest.mark.parametrize(
    ("encoding", "why"),
    [
        ("cp1251", r"byte \d+: .* is not utf-8: name its encoding, such as --encoding cp1251"),
        ("utf-16-le", "it has NUL bytes: if it is UTF-16, name it, such as --encoding utf-16-le"),
    ],
)
def test_another_encoding_has_to_be_named(encoding: str, why: str) -> None:
    content = file(ROW | {"name": "Чай"}).encode(encoding)
    with pytest.raises(Unreadable, match=why):
        read(content)
    [order] = read(content, encoding)
    assert isinstance(order, Order)
    assert order.lines[0].name == "Чай"


@pytest.mark.parametrize("at", [0, 1, 2, 3, 100_000])
def test_the_byte_that_is_none_is_named(at: int) -> None:
    content = file(*[ROW | {"order": f"Ы{number}"} for number in range(1500)]).encode()
    mark = b"\xef\xbb\xbf"
    place = len(mark) + content.index("Ы".encode(), at)
    damaged = bytearray(mark + content)
    damaged[place] = 0xFF
    with pytest.raises(Unreadable, match=f"^byte {place}: FF "):
        read(bytes(damaged))


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "zip"])
def test_an_encoding_that_is_none(encoding: str) -> None:
    with pytest.raises(Unreadable, match="there is no encoding"):
        read(HEAD, encoding)


def test_what_was_seen_is_known_again() -> None:
    seen = Seen()
    assert all(seen.add(f"order {number}") for number in range(20_000))
    assert not any(seen.add(f"order {number}") for number in range(20_000))


# VmHWM and not ru_maxrss, which a child has of its parent.
_LARGE = """
import io, sys, time
from datetime import UTC, datetime
from reports.sources.orders_csv import Order, parse

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

class Endless(io.RawIOBase):
    def __init__(self, head, row, size):
        self.rows, self.size, self.held, self.row, self.number = 0, size, head, row, 0
    def read(self, wanted):
        while len(self.held) < wanted and self.size > 0:
            more = "".join(self.row.replace("A-1", f"A-{self.number + n}") for n in range(500)).encode()
            self.number += 500
            self.held += more
            self.size -= len(more)
        found, self.held = self.held[:wanted], self.held[wanted:]
        return found

head, row = sys.argv[1:3]
before = peak()
file = Endless(head.encode() + b"\\n", row + "\\n", int(sys.argv[3]))
began = time.perf_counter()
count = sum(isinstance(each, Order) for each in parse(file, datetime(2026, 11, 28, tzinfo=UTC)))
assert count == file.number
print(peak() - before, count, time.perf_counter() - began)
"""


def test_a_large_file_takes_little_memory() -> None:
    """8 MB, in a process of its own: all of its orders would be 80."""
    head, row = file(ROW).splitlines()
    parsed = subprocess.run(
        [sys.executable, "-c", _LARGE, head, row, "8000000"], capture_output=True, text=True
    )
    assert parsed.returncode == 0, parsed.stderr
    assert int(parsed.stdout.split()[0]) < 8 * 1024  # KiB
