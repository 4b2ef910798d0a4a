"""Exchange rates in the European Central Bank's XML: eurofxref-daily.xml, -hist-90d.xml, -hist.xml.

A rate is how many units of a currency one euro is, on a day; Decimal, exactly as it is written. A document is
taken as a whole or refused as a whole. What declares entities is refused before any of them is read.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from xml.parsers import expat

BASE = "EUR"
LARGEST = 32 * 1024 * 1024
"""Bytes of a document. All days since 1999 are 8 MB."""
FIRST = date(1999, 1, 4)
"""The first day of which there are rates."""

_ROOT = "http://www.gesmes.org/xml/2002-08-01 Envelope"
_CUBE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
_DEEPEST = 8  # elements within each other: a document has four
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_ATTRIBUTES: tuple[set[str], ...] = (set(), {"time"}, {"currency", "rate"})
"""Of a Cube, by how many Cubes it is in."""

Rates = dict[date, dict[str, Decimal]]
"""By day and currency."""


class UnusableRates(ValueError):
    """Says what is wrong and in which line and column."""


def parse(document: bytes, today: date) -> Rates:
    """Raises UnusableRates. A day is tomorrow at the latest: elsewhere it may have begun."""
    if len(document) > LARGEST:
        raise UnusableRates(f"it has {len(document)} bytes, and {LARGEST} at the most are read")
    if not document.strip():
        raise UnusableRates("it is empty")
    return _Reader(today + timedelta(days=1)).read(document)


class _Reader:
    def __init__(self, last: date) -> None:
        self._last = last
        self._rates: Rates = {}
        self._day: dict[str, Decimal] = {}
        self._inside: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, document: bytes) -> Rates:
        with _well_formed():
            self._parser.Parse(document, True)
        if not self._rates:
            raise UnusableRates("there is no day in it")
        return self._rates

    def _doctype(self, *_: object) -> None:
        raise self._wrong("it declares a document type: entities are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._inside and name != _ROOT:
            raise self._wrong(f"it begins with {name[:100]!r}, not with {_ROOT!r}")
        if len(self._inside) == _DEEPEST:
            raise self._wrong("its elements are too deep within each other")
        depth = self._inside.count(_CUBE)
        self._inside.append(name)
        if name.rpartition(" ")[2] == "Cube":
            self._cube(name, depth, attributes)

    def _cube(self, name: str, depth: int, attributes: dict[str, str]) -> None:
        if name != _CUBE:
            raise self._wrong(f"{name[:100]!r} is no {_CUBE!r}")
        if depth == len(_ATTRIBUTES) or set(attributes) != _ATTRIBUTES[depth]:
            raise self._wrong(
                f"a Cube has not the attributes that one has there: {', '.join(attributes)[:100]}"
            )
        if depth == 1:
            self._begin(attributes["time"])
        elif depth == 2:
            self._take(attributes["currency"], attributes["rate"])

    def _end(self, name: str) -> None:
        self._inside.pop()
        if name == _CUBE and self._inside.count(_CUBE) == 1 and not self._day:
            raise self._wrong("a day has no rates")

    def _begin(self, text: str) -> None:
        day = self._date(text)
        if not FIRST <= day <= self._last:
            raise self._wrong(f"{day} is no day from {FIRST} to {self._last}")
        if day in self._rates:
            raise self._wrong(f"{day} is there twice")
        self._day = self._rates[day] = {}

    def _date(self, text: str) -> date:
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self._wrong(f"{text[:40]!r} is no date")

    def _take(self, currency: str, text: str) -> None:
        if not _CURRENCY.fullmatch(currency):
            raise self._wrong(f"{currency[:40]!r} is no currency")
        if currency == BASE or currency in self._day:
            raise self._wrong(
                f"{currency} is there twice" if currency != BASE else f"{BASE} has a rate to itself"
            )
        if not _RATE.fullmatch(text) or not (rate := Decimal(text)):
            raise self._wrong(f"the rate of {currency} is {text[:40]!r}, which is no number above zero")
        self._day[currency] = rate

    def _wrong(self, what: str) -> UnusableRates:
        at = self._parser
        return UnusableRates(f"line {at.CurrentLineNumber}, column {at.CurrentColumnNumber + 1}: {what}")


@contextmanager
def _well_formed() -> Iterator[None]:
    try:
        yield
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise UnusableRates(
            f"line {error.lineno}, column {error.offset + 1}: it is no XML, or not all of it: {what}"
        ) from None
    except UnusableRates:
        raise
    except (
        ValueError,
        LookupError,
    ) as error:  # it names an encoding that there is not, or that has no codec here
        raise UnusableRates(f"line 1: it cannot be decoded: {error}") from None
