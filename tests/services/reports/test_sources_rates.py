"""Exchange rates of the European Central Bank: read exactly, or refused with what is wrong and where."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.sources import rates
from reports.sources.rates import Rates, UnusableRates, parse

TODAY = date(2026, 11, 28)
DAILY = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='2026-11-27'>
\t\t\t<Cube currency='USD' rate='1.1589'/>
\t\t\t<Cube currency='JPY' rate='181.05'/>
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""


def written(days: Rates) -> str:
    """As the bank writes it."""
    cubes = "".join(
        f'<Cube time="{day}">'
        + "".join(f'<Cube currency="{currency}" rate="{rate:f}"/>' for currency, rate in found.items())
        + "</Cube>"
        for day, found in days.items()
    )
    head, tail = DAILY.index("\t\t<Cube time"), DAILY.index("\t</Cube>\n</gesmes")
    return DAILY[:head] + cubes + DAILY[tail:]


def test_one_day() -> None:
    assert parse(DAILY.encode(), TODAY) == {
        date(2026, 11, 27): {"USD": Decimal("1.1589"), "JPY": Decimal("181.05")}
    }


DAYS = st.dates(rates.FIRST, TODAY + timedelta(days=1))
CURRENCIES = st.sampled_from(["USD", "JPY", "GBP", "CHF", "XAU"])
RATES = st.decimals(min_value=Decimal("0.000001"), max_value=10**9, places=6)
MANY = st.dictionaries(
    DAYS, st.dictionaries(CURRENCIES, RATES, min_size=1, max_size=5), min_size=1, max_size=5
)


@given(MANY)
def test_many_days_exactly_as_they_are_written(days: Rates) -> None:
    assert parse(written(days).encode(), TODAY) == days


@given(MANY, st.data())
def test_no_part_of_a_document_is_taken_for_all_of_it(days: Rates, data: st.DataObject) -> None:
    document = written(days).rstrip().encode()
    end = data.draw(st.integers(0, len(document) - 1))
    with pytest.raises(UnusableRates):
        parse(document[:end], TODAY)


@given(st.binary(max_size=200))
def test_no_bytes_do_any_harm(document: bytes) -> None:
    with pytest.raises(UnusableRates):
        parse(document, TODAY)


@given(MANY, st.data())
def test_nor_do_damaged_ones(days: Rates, data: st.DataObject) -> None:
    document = bytearray(written(days).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = parse(bytes(document), TODAY)
    except UnusableRates:
        return
    assert all(rate > 0 for day in found.values() for rate in day.values())


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "utf-8-sig"])
def test_as_it_says_that_it_is_encoded(encoding: str) -> None:
    named = DAILY.replace("UTF-8", encoding.removesuffix("-sig"))
    assert parse(named.encode(encoding), TODAY)[date(2026, 11, 27)]["USD"] == Decimal("1.1589")


@pytest.mark.parametrize(
    ("changed", "to", "why"),
    [
        ("1.1589", "0", "line 9, column 4: the rate of USD is '0', which is no number above zero"),
        ("1.1589", "0.000", "no number above zero"),
        ("1.1589", "-1.1", "no number above zero"),
        ("1.1589", "NaN", "no number above zero"),
        ("1.1589", "Infinity", "no number above zero"),
        ("1.1589", "1,1589", "no number above zero"),
        ("1.1589", "1E5", "no number above zero"),
        ("1.1589", "\u0661", "no number above zero"),
        ("1.1589", "", "no number above zero"),
        ("1.1589", "9" * 5000, "no number above zero"),
        ("JPY", "USD", "line 10, column 4: USD is there twice"),
        ("JPY", "EUR", "EUR has a rate to itself"),
        ("JPY", "yen", "'yen' is no currency"),
        ("2026-11-27", "2026-02-30", "line 8, column 3: '2026-02-30' is no date"),
        ("2026-11-27", "27.11.2026", "is no date"),
        ("2026-11-27", "20261127", "is no date"),
        ("2026-11-27", "1998-12-31", "1998-12-31 is no day from 1999-01-04 to 2026-11-29"),
        ("2026-11-27", "2026-11-30", "is no day from"),
        ("2026-11-27", "9999-12-31", "is no day from"),
        ("rate='1.1589'", "", "a Cube has not the attributes"),
        ("rate='1.1589'", "rate='1.1589' multiplier='100'", "a Cube has not the attributes"),
        ("time='2026-11-27'", "", "a Cube has not the attributes"),
        ("\t\t</Cube>", "\t\t</Cube><Cube time='2026-11-27'/>", "2026-11-27 is there twice"),
        ("\t\t</Cube>", "\t\t</Cube><Cube time='2026-11-26'/>", "a day has no rates"),
        ("gesmes.org", "gesmes.example", "it begins with"),
        ("ecb.int", "ecb.example", "is no 'http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube'"),
        ("UTF-8", "UTF-99", "cannot be decoded|no XML"),
        ("UTF-8", "utf-7", "cannot be decoded|no XML"),
        ("UTF-8", "rot13", "cannot be decoded|no XML"),
        ("</gesmes:Envelope>", "", "it is no XML, or not all of it"),
        ("</gesmes:Envelope>", "</gesmes:Envelope><!-- more --><x/>", "it is no XML, or not all of it"),
        ("<gesmes:subject>", "<a>" * 20, "too deep"),
    ],
)
def test_what_is_wrong_is_said(changed: str, to: str, why: str) -> None:
    with pytest.raises(UnusableRates, match=why):
        parse(DAILY.replace(changed, to, 1).encode(), TODAY)


def test_what_is_something_else_is_said() -> None:
    for document, why in (
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"PK\x03\x04", "it is no XML"),
        (b"<html><body>Please log in</body></html>", "it begins with 'html'"),
        (written({}).encode(), "there is no day in it"),
        (b" " * (rates.LARGEST + 1), "at the most are read"),
    ):
        with pytest.raises(UnusableRates, match=why):
            parse(document, TODAY)


BOMB = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
DOCTYPES = {
    "entities within entities": f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{BOMB}]>',
    "a file of ours": '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
    "a URL": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "attributes that are not there": '<!DOCTYPE x [<!ATTLIST Cube rate CDATA "1">]>',
}


@pytest.mark.parametrize("kind", DOCTYPES)
def test_nothing_is_read_of_what_declares_entities(kind: str) -> None:
    document = DAILY.replace("?>\n", f"?>\n{DOCTYPES[kind]}\n", 1).replace("Reference rates", "&i;")
    with pytest.raises(UnusableRates, match=r"line 2, column .*: it declares a document type"):
        parse(document.encode(), TODAY)


def test_all_days_since_1999_are_read() -> None:
    one = {f"{a}{b}X": Decimal("1.2345") for a in "ABCDE" for b in "ABCDEF"}
    days = {rates.FIRST + timedelta(days=n): one for n in range(6900)}
    document = written(days).encode()
    assert len(document) < rates.LARGEST
    assert len(parse(document, TODAY)) == 6900
