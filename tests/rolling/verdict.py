"""The sums: from a ledger and the logs to what is shown."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise, product

from rolling.builds import Build
from rolling.ledger import Ledger
from rolling.load import address, price
from rolling.logs import Logs

SENT, SOLD = "receipt sent", "sale recorded"
ORDER_PLACED, SEND_NOTE = "orders.order_placed", "emails.send_note"
Builds = Mapping[tuple[str, str], Build]
"""By service and version."""


@dataclass(frozen=True)
class Verdict:
    """What became of all orders. Numbers of effects: a receipt, a note, a sale, an entry of a timeline."""

    accepted: int
    stored: int
    """With those whose client got no answer, because the API was killed before it."""
    receipts: int
    notes: int
    sales: int
    lost: int
    """Effects that are missing, and whose message lies nowhere."""
    twice: int
    misread: int
    """Mails and sums that show what was not sent."""
    strangers: int
    """Messages handled by a build that does not know them."""
    parked: int
    """Messages that came to a build that does not know them, which kept them."""
    left: int
    """Dead letters, rows in outboxes, and what no queue was bound for, at the end."""
    repeated: int
    """Mails that went out once more, of which their service knows."""

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.misread or self.strangers or self.left)


@dataclass(frozen=True)
class Waits:
    """Seconds from an order's acceptance to its receipt; and the longest time without any receipt."""

    p50: float
    p99: float
    longest: float
    silence: float


def judge(ledger: Ledger, logs: Logs, builds: Builds) -> Verdict:
    mails = Counter((mail.kind, mail.order) for mail in ledger.mails)
    dead = {(what, order) for d in ledger.dead for order in d.orders for what in _effects(d.name)}
    wanted = Counter({("receipt", order): 1 for order in ledger.stored})
    wanted += Counter({(what, order): 1 for order in ledger.stored for what in (SENT, SOLD)})
    wanted += Counter({("note", order): 1 for order in _promised(ledger, logs, builds)})
    found = mails + Counter({(what, order): n for (order, what), n in ledger.timeline.items()})
    missing = [effect for effect in wanted - found if effect not in dead]
    missing += [("order", a.id) for a in ledger.accepted if a.id not in ledger.stored]
    sold = ledger.sales[0] - len(ledger.stored)
    unsold = sum(what == SOLD for what, _ in dead)
    repeated = _repeated(ledger)
    strays = len({order for _, order in found} - ledger.stored.keys())  # told of an order that there is not
    return Verdict(
        accepted=len(ledger.accepted),
        stored=len(ledger.stored),
        receipts=sum(1 for kind, _ in mails if kind == "receipt"),
        notes=sum(1 for kind, _ in mails if kind == "note"),
        sales=ledger.sales[0],
        lost=max(0, len(missing) + max(0, -sold - unsold) - ledger.unrouted),
        twice=sum(n - 1 for n in found.values()) - repeated + max(0, sold) + strays,
        misread=_misread(ledger, exact=not sold),
        strangers=sum(_strangers(logs, builds)),
        parked=len(logs.parked),
        left=len(ledger.dead) + ledger.waiting + ledger.unrouted,
        repeated=repeated,
    )


def waits(ledger: Ledger, since: float, until: float) -> Waits | None:
    """None where there was no receipt at all."""
    first: dict[str, float] = {}
    for mail in ledger.mails:
        if mail.kind == "receipt":
            first.setdefault(mail.order, mail.received)
    waited = sorted(max(0.0, first[a.id] - a.at) for a in ledger.accepted if a.id in first)
    if len(waited) < 2:
        return None
    percentiles = statistics.quantiles(waited, n=100, method="inclusive")
    times = sorted([since, *(t for t in first.values() if since < t < until), until])
    silence = max(b - a for a, b in pairwise(times))
    return Waits(percentiles[49], percentiles[98], waited[-1], silence)


def _effects(name: str) -> tuple[str, ...]:
    """What does not come while a message is a dead letter."""
    return ("note",) if name == SEND_NOTE else ("receipt", SENT, SOLD)


def _promised(ledger: Ledger, logs: Logs, builds: Builds) -> Iterable[str]:
    """Orders that a build accepted which asks for a note."""
    for accepted in ledger.accepted:
        if _sends(logs, builds, accepted.request, SEND_NOTE):
            yield accepted.id


def _sends(logs: Logs, builds: Builds, request: str, name: str) -> int:
    """The major of what was sent under that name for a request; 0: nothing that is known of."""
    _, version = logs.answered.get(request, (0.0, ""))
    build = builds.get(("orders", version))
    return build.newest(name) if build else 0


def _repeated(ledger: Ledger) -> int:
    sent = Counter(mail.id for mail in ledger.mails)
    return sum(n - 1 for id, n in sent.items() if id in ledger.repeated)


def _misread(ledger: Ledger, *, exact: bool) -> int:
    """`exact`: as many sales as orders, so that the sums must agree."""
    wrong = 0
    for mail in ledger.mails:
        number = ledger.stored.get(mail.order)
        if number is None or mail.kind != "receipt":
            continue
        wrong += mail.total != price(number) or mail.note not in (None, f"For {address(number)}")
    revenue = sum(map(price, ledger.stored.values()))
    return wrong + (exact and ledger.sales[1] != revenue)


def _strangers(logs: Logs, builds: Builds) -> Iterable[bool]:
    for handled in logs.handled:
        knows = builds[handled.service, handled.version].knows
        names = handled.name.split(", ")  # a batch may be of several kinds
        for name, id in product(names, handled.ids):
            sent = _sends(logs, builds, logs.requests.get(id, ""), ORDER_PLACED)
            version = sent if name == ORDER_PLACED and sent else 1
            yield (name, version) not in knows
