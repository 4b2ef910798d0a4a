"""Exchange rates, and what they make of an amount."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from mesh import Tx
from mesh.bulk import columns

LONGEST = 7
"""Days for which a rate holds where no newer one is published: over Easter it is four. After that there is
none: of a currency that nobody quotes any more, an old rate would be a guess."""

CONVERTING = "LEFT JOIN conversions USING (currency, day)"
CONVERTED = """
    CASE currency WHEN %(reporting)s THEN {0} ELSE
        sign({0}) * div(2 * abs({0}) * ours + theirs, 2 * theirs)
    END
"""
"""An amount in the reporting currency: exact, then rounded once, halves away from zero. Empty where no rate
is known. `div` is whole numbers' division: `/` rounds to some 16 digits, and `round` would once more."""

_KEEP = """
    INSERT INTO rates (day, currency, rate, said_at)
    SELECT new.*, %b::timestamptz FROM unnest(%b::date[], %b::text[], %b::numeric[]) AS new
    ON CONFLICT (currency, day) DO UPDATE SET (rate, said_at) = (excluded.rate, excluded.said_at)
    WHERE rates.said_at < excluded.said_at
"""
_ONE_BY_ONE = "LOCK TABLE rates IN SHARE ROW EXCLUSIVE MODE"
_LATEST = f"""
    CASE {{currency}} WHEN 'EUR' THEN 1 ELSE (
        SELECT rate FROM rates
        WHERE rates.currency = {{currency}} AND rates.day BETWEEN day.day - {LONGEST} AND day.day
        ORDER BY rates.day DESC LIMIT 1
    ) END
"""
_UNIT = """
    power(10::numeric, coalesce((
        SELECT digits FROM unnest(%(codes)s::text[], %(digits)s::int[]) AS unit (code, digits)
        WHERE code = {currency}
    ), 2))
"""
_CONVERT = f"""
    WITH wanted AS (
        SELECT known.currency, day.day, {_LATEST.format(currency="known.currency")} AS theirs,
            {_LATEST.format(currency="%(reporting)s::text")} AS ours
        FROM (SELECT DISTINCT currency FROM rates UNION SELECT 'EUR') AS known, LATERAL (
            SELECT generate_series(%(first)s::date, %(last)s::date + {LONGEST}, interval '1 day')::date AS day
        ) AS day
    )
    INSERT INTO conversions (currency, day, ours, theirs)
    SELECT currency, day, ours * {_UNIT.format(currency="%(reporting)s::text")},
        theirs * {_UNIT.format(currency="wanted.currency")}
    FROM wanted WHERE ours IS NOT NULL AND theirs IS NOT NULL
    ON CONFLICT (currency, day) DO UPDATE SET (ours, theirs) = (excluded.ours, excluded.theirs)
    WHERE (conversions.ours, conversions.theirs) <> (excluded.ours, excluded.theirs)
    RETURNING day
"""
_PLAN = "SELECT set_config('jit', 'off', true)"  # it takes two seconds, for a statement of milliseconds
_TOUCHED = """
    SELECT day FROM orders WHERE day = ANY(%(days)b::date[]) AND currency <> %(reporting)s
    UNION SELECT day FROM refunds WHERE day = ANY(%(days)b::date[]) AND currency <> %(reporting)s
    ORDER BY day
"""
_ALL_DAYS = "SELECT day FROM orders WHERE day IS NOT NULL UNION SELECT day FROM refunds ORDER BY day"
_KNOWN = f"""
    SELECT DISTINCT ON (rates.currency) rates.currency, rates.day, rate, ours, theirs
    FROM rates LEFT JOIN conversions
        ON conversions.currency = rates.currency AND conversions.day = %(day)s
    WHERE rates.day BETWEEN %(day)s::date - {LONGEST} AND %(day)s
    ORDER BY rates.currency, rates.day DESC
"""
_SPAN = "SELECT min(day), max(day) FROM rates"

Rates = Mapping[date, Mapping[str, Decimal]]
"""Units of each currency for one euro, of each day on which they were published."""


class Known(NamedTuple):
    """What is known of a currency on a day."""

    currency: str
    day: date
    """On which the rate was published."""
    rate: Decimal
    """Units for one euro."""
    ours: Decimal | None
    """So many minor units of the reporting currency are `theirs` of this one. None: nothing is converted."""
    theirs: Decimal | None


def one_by_one(tx: Tx) -> None:
    """Others who change rates wait until this transaction ends: conversions follow from all of them."""
    tx.execute(_ONE_BY_ONE)
    tx.execute(_PLAN)


def keep(tx: Tx, rates: Rates, said_at: datetime) -> None:
    """Of a currency and day the rate holds that was said last, in whatever order they are kept: so it also
    counts when the same is said again."""
    rows = [(day, currency, rate) for day, each in rates.items() for currency, rate in each.items()]
    if rows:
        tx.execute(_KEEP, [said_at, *columns(rows)])


def convert(tx: Tx, reporting: str, digits: Mapping[str, int], days: tuple[date, date]) -> set[date]:
    """Say what amounts of every currency are in the `reporting` one, on each of these days and for as long
    after them as a rate holds. Returns the days of which something changed.

    `digits`: behind the point of a currency's amounts, where they are not two.
    """
    units = {"codes": list(digits), "digits": list(digits.values())}
    first, last = days
    where = {**units, "reporting": reporting, "first": first, "last": last}
    return {row[0] for row in tx.execute(_CONVERT, where)}


def touched(tx: Tx, days: Iterable[date], reporting: str) -> list[date]:
    """Those of these days that have orders or refunds in another than the `reporting` currency."""
    found = tx.execute(_TOUCHED, {"days": list(days), "reporting": reporting})
    return [row[0] for row in found]


def all_days(tx: Tx) -> list[date]:
    """Those that have orders or refunds."""
    return [row[0] for row in tx.execute(_ALL_DAYS)]


def forget_conversions(tx: Tx) -> None:
    """All of them: they were into another currency."""
    tx.execute("DELETE FROM conversions")


def known(tx: Tx, day: date) -> list[Known]:
    """Of each currency that has a rate on that day, by its code."""
    return [Known(*row) for row in tx.execute(_KNOWN, {"day": day})]


def span(tx: Tx) -> tuple[date, date] | None:
    """The first and the last day of which rates are known."""
    row = tx.execute(_SPAN).fetchone()
    return (row[0], row[1]) if row and row[0] else None
