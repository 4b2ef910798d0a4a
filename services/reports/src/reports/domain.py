"""Sales figures: what they are. The standard library and nothing else."""

from dataclasses import dataclass
from datetime import date

DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Behind the point of a currency's amounts, where they are not two (ISO 4217). Emails has the same; tests
compare."""


def digits(currency: str) -> int:
    """Behind the point of its amounts: 2 for EUR, 0 for JPY, 3 for KWD. 2 for one that nobody knows."""
    return DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Figures:
    """The sales of one UTC day in one currency."""

    day: date
    currency: str
    orders: int
    items: int
    revenue: int
    """In minor units."""
