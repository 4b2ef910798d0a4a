"""How long a receipt takes to write: subject, text and HTML, of three lines."""

import statistics
import time

from bench.emails.receipts import receipts
from emails.templates import Templates

COUNT = 2000


def measure() -> float:
    """Milliseconds, the median of receipts that differ."""
    templates = Templates()
    taken = []
    for receipt in receipts(COUNT):
        began = time.perf_counter()
        templates.receipt(receipt)
        taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken)
