"""Text of a cell to a value. Each raises ValueError, which says what was expected and may be shown.

Spreadsheets leave their traces: an apostrophe before what is to stay text, `="00123"` for the same, spaces
that do not break, numbers as their user's country writes them. What can be read in two ways is not read.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from reports.domain import digits

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LITERAL = re.compile(r'="([^"]*)"')
_MARKS = re.compile("[ \u00a0\u2009\u202f'.,]")  # between thousands; the apostrophe is Switzerland's
_NUMBERS = [
    re.compile(form, re.ASCII)
    for form in (
        "(?P<whole>\\d+|\\d{1,3}(?:[ \u00a0\u2009\u202f']\\d{3})+)(?:[.,](?P<fraction>\\d+))?",
        r"(?P<whole>\d{1,3}(?:,\d{3})+)\.(?P<fraction>\d+)",
        r"(?P<whole>\d{1,3}(?:\.\d{3})+),(?P<fraction>\d+)",
        r"(?P<whole>\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,})",
    )
]
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_remembered = lru_cache(4096)  # of a million rows, most say again what others said

MOST_PRICE = 10**12
"""Minor units for one of something, as in the orders API."""
MOST_QUANTITY = 1_000_000


def text(cell: str, longest: int = 200) -> str:
    """Something, in one line."""
    found = _plain(cell)
    if not found:
        raise ValueError("it is empty")
    if len(found) > longest:
        raise ValueError(f"it has {len(found)} characters, and {longest} at the most")
    if not found.isprintable() and _CONTROL.search(found):
        raise ValueError("it has a control character in it")
    return found


def optional(cell: str) -> str | None:
    return text(cell) if _plain(cell) else None


def email(cell: str) -> str:
    found = text(cell, 254)
    if not _EMAIL.fullmatch(found):
        raise ValueError("it is no address")
    return found


def code(cell: str, length: int) -> str:
    """Of a country or a currency, in capitals."""
    found = text(cell).upper()
    if not re.fullmatch(rf"[A-Z]{{{length}}}", found):
        raise ValueError(f"{found[:20]!r} is no code of {length} letters")
    return found


@_remembered
def country(cell: str) -> str:
    return code(cell, 2)


@_remembered
def currency(cell: str) -> str:
    return code(cell, 3)


def time(cell: str, now: datetime) -> datetime:
    """In UTC. It may be a day ahead of us: clocks are not all right."""
    found = text(cell)
    try:
        at = datetime.fromisoformat(found)
    except ValueError:
        raise ValueError(f"{found[:40]!r} is no time such as 2026-11-21T10:00:00+01:00") from None
    if at.tzinfo is None:
        raise ValueError(f"{found[:40]!r} does not say of which offset it is: +01:00, or Z for UTC")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = _EARLIEST - timedelta(days=1)
    if not _EARLIEST <= at <= now + timedelta(days=1):
        raise ValueError(f"{found[:40]!r} is before {_EARLIEST.year}, or has not come yet")
    return at


@_remembered
def quantity(cell: str) -> int:
    found = _scaled(text(cell), 0)
    if not 1 <= found <= MOST_QUANTITY:
        raise ValueError(f"it is not from 1 to {MOST_QUANTITY}")
    return found


@_remembered
def price(cell: str, of: str) -> int:
    """In minor units of a currency: 12.99 EUR are 1299, 1299 JPY are 1299."""
    found = _scaled(text(cell), digits(of))
    if found > MOST_PRICE:
        raise ValueError("it is too much")
    return found


def _plain(cell: str) -> str:
    """Without what a spreadsheet puts around what is to stay text. Raises ValueError for a formula."""
    found = cell.strip()
    if not found or found[0] not in "='":  # nearly always
        return found
    if literal := _LITERAL.fullmatch(found):
        return literal[1].strip()
    if found.startswith("="):
        raise ValueError("it is a formula, and not what comes of it")
    if found.startswith("'") and found[1:2] in set("0123456789=+-@"):
        return found[1:].strip()
    return found


def _scaled(written: str, places: int) -> int:
    """A number with so many digits behind its point, as a whole one."""
    found = next(filter(None, (form.fullmatch(written) for form in _NUMBERS)), None)
    if not found:
        raise ValueError(f"{written[:40]!r} is no number, or a negative one")
    if _AMBIGUOUS.fullmatch(written) and not ("." in written and places >= 3):
        raise ValueError(
            f"{written[:40]!r} can be read in two ways: write it without a mark between thousands"
        )
    fraction = found.groupdict().get("fraction") or ""
    if fraction[places:].strip("0"):
        raise ValueError(f"{written[:40]!r} has more than {places} digits behind its point")
    return int(_MARKS.sub("", found["whole"]) + fraction[:places].ljust(places, "0"))
