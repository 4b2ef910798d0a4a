"""What the shop paid back, to whom and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median_low
from typing import Any

from reports.documents.kinds import Money, Reason, Refund, RefundDay, Refunds, Unconverted
from reports.documents.samples.shop import FIRST, LAST, paid

_REASONS = (
    ("Arrived broken", 5),
    ("Changed my mind", 7),
    ("Wrong article", 3),
    ("Came too late", 2),
    ("", 1),
)
_PEOPLE = (
    "Ada Lovelace",
    "Анна Каренина",
    "Grace Hopper",
    "Νίκος Καζαντζάκης",
    "Jean-Luc Péret",
    "Özlem Çelik",
)


def refunds() -> Refunds:
    chance = Random(5)
    reasons = [reason for reason, times in _REASONS for _ in range(times)]
    found = sorted((_refund(number, chance, reasons) for number in range(46)), key=lambda refund: refund.at)
    return Refunds(
        FIRST,
        LAST,
        "EUR",
        **sums(found),
        refunds=found,
        orders=1_132,
        revenue=5_602_310,
        previous_refunds=39,
        previous_refunded=151_240,
        unconverted=[Unconverted("KWD", 1, 5_200)],
    )


def sums(refunds: Sequence[Refund]) -> dict[str, Any]:
    """What a report says of these: its days, its reasons, and how long they waited."""
    waited = [max(0, (each.at - each.ordered_at).days) for each in refunds]
    days = [each.at.astimezone(UTC).date() for each in refunds]
    reasons = _summed([each.reason for each in refunds], refunds)
    return {
        "days": [RefundDay(*line) for line in sorted(_summed(days, refunds))],
        "reasons": [Reason(*line) for line in sorted(reasons, key=lambda line: (-line[2], line[0]))],
        "waited": median_low(waited) if waited else None,
    }


def _summed(keys: Sequence[Any], refunds: Sequence[Refund]) -> list[tuple[Any, int, int]]:
    counts, amounts = Counter[Any](keys), Counter[Any]()
    for key, refund in zip(keys, refunds, strict=True):
        amounts[key] += refund.amount
    return [(key, count, amounts[key]) for key, count in counts.items()]


def _refund(number: int, chance: Random, reasons: Sequence[str]) -> Refund:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(31 * 24 * 60))
    amount = chance.randrange(590, 9_900)
    currency = chance.choice(("EUR", "EUR", "EUR", "USD", "JPY"))
    return Refund(
        at=at,
        ordered_at=at - timedelta(days=chance.randrange(1, 21)),
        order=f"{0xB11C_0F9D_0000 + number * 104_729:012X}",
        customer=chance.choice(_PEOPLE),
        reason=chance.choice(reasons),
        amount=amount,
        original=Money(paid(amount, currency), currency),
    )
