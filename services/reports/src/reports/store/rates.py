"""Exchange rates, and what they make of an amount."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

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
    INSERT INTO rates (day, currency, rate) SELECT * FROM unnest(%b::date[], %b::text[], %b::numeric[])
    ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate WHERE rates.rate <> excluded.rate
"""
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
_SPAN = "SELECT min(day), max(day) FROM rates"

Rates = Mapping[date, Mapping[str, Decimal]]
"""Units of each currency for one euro, of each day on which they were published."""


def keep(tx: Tx, rates: Rates) -> None:
    """What is published again replaces what was."""
    rows = [(day, currency, rate) for day, each in rates.items() for currency, rate in each.items()]
    if rows:
        tx.execute(_KEEP, columns(rows))


def convert(tx: Tx, reporting: str, digits: Mapping[str, int], days: tuple[date, date]) -> set[date]:
    """Say what amounts of every currency are in the `reporting` one, on each of these days and for as long
    after them as a rate holds. Returns the days of which something changed.

    `digits`: behind the point of a currency's amounts, where they are not two.
    """
    units = {"codes": list(digits), "digits": list(digits.values())}
    first, last = days
    where = {**units, "reporting": reporting, "first": first, "last": last}
    return {row[0] for row in tx.execute(_CONVERT, where)}


def span(tx: Tx) -> tuple[date, date] | None:
    """The first and the last day of which rates are known."""
    row = tx.execute(_SPAN).fetchone()
    return (row[0], row[1]) if row and row[0] else None
