"""Orders of elsewhere: each lands as an envelope that orders might have sent, and is then as any other."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID, uuid5

from pydantic import ValidationError

from contracts import Envelope, Producer
from contracts.errors import explain
from contracts.orders import Customer, Line, OrderPlaced
from mesh import Tx, context
from mesh.files import PIECE, FileStore
from reports.sources import orders_csv
from reports.sources.orders_csv import Fault, Order
from reports.store import documents
from reports.store.documents import Document
from reports.store.landing import Landing
from reports.usecases.landing import keep, landing_of

KIND = "orders_csv"
_OURS = UUID("6f0e7c1a-5d3b-5c42-9a57-2f1c0f6b8e11")  # the namespace of ids: never to be changed
_AT_ONCE = 500
_TOLD = 1000  # faults that are remembered: who has more has one and the same in every line


@dataclass
class Taken:
    """What came of a file."""

    orders: int = 0
    """In it, that fit."""
    new: int = 0
    """That had not landed before."""
    faults: int = 0
    told: list[str] = field(default_factory=list)
    """The first faults, with their lines."""

    def note(self, fault: Fault) -> None:
        self.faults += 1
        if len(self.told) < _TOLD:
            self.told.append(_sentence(fault))

    @property
    def why(self) -> str | None:
        """All that was wrong, a line each. None: nothing was."""
        more = self.faults - len(self.told)
        return "\n".join([*self.told, *([f"and {more} more"] if more else [])]) or None


def store(content: BinaryIO, name: str, files: FileStore | None) -> None:
    """Keep the file as it came, where there is a file store."""
    if files:
        content.seek(0)
        files.put(iter(lambda: content.read(PIECE), b""), "text/csv", name)


def is_known(tx: Tx, digest: str) -> bool:
    """Whether a file with these bytes was taken before."""
    found = documents.of(tx, digest)
    return found is not None and found[0].kind == KIND


@dataclass(frozen=True)
class Read:
    """A file that was looked through: a fault may name an order that stands further up."""

    content: BinaryIO
    encoding: str | None
    at: datetime
    taken: Taken
    """The faults so far, and nothing else."""
    spoiled: Collection[str | None]
    """Orders that they name."""

    def orders(self) -> Iterator[Order]:
        """All others."""
        for each in _parsed(self.content, self.at, self.encoding):
            if isinstance(each, Order) and each.reference not in self.spoiled:
                yield each


def read(content: BinaryIO, encoding: str | None = None) -> Read:
    """Look for what is wrong with a file. Before any transaction: with a large one it would be idle for
    longer than it may. Raises Unreadable."""
    now, taken, spoiled = datetime.now(UTC), Taken(), set[str | None]()
    for each in _parsed(content, now, encoding):
        if isinstance(each, Fault):
            taken.note(each)
            spoiled.add(each.order)
    return Read(content, encoding, now, taken, spoiled)


def take(found: Read, digest: str, name: str, tx: Tx, account: str | None = None) -> Taken:
    """Land the orders of a file. One that comes again, in whatever file, is the one that landed first.

    `account`: of orders that name none. Raises Unreadable; then nothing of it is to be committed.
    """
    taken = replace(found.taken, told=[*found.taken.told])
    documents.land(tx, Document(digest, KIND, name, None, None, None))
    whole = _landings(found.orders(), account, taken)
    while chunk := list(islice(whole, _AT_ONCE)):
        taken.orders += len(chunk)
        taken.new += keep(tx, chunk)
    return taken


def _parsed(content: BinaryIO, now: datetime, encoding: str | None) -> Iterator[Order | Fault]:
    content.seek(0)
    return orders_csv.parse(content, now, encoding)


def _landings(orders: Iterable[Order], account: str | None, taken: Taken) -> Iterator[Landing]:
    producer = Producer(service="csv", build=context.producer().build)
    for order in orders:
        try:
            placed = _placed(order, order.account or account)
        except ValidationError as error:
            taken.note(Fault(order.line, None, explain(error), order.reference))
            continue
        # The order's own id: it is how an order of elsewhere is told from one of ours (store/reconciled.py).
        envelope = Envelope.around(placed, producer, id=placed.order_id)
        yield landing_of(placed, envelope, envelope.model_dump_json())


def _placed(order: Order, account: str | None) -> OrderPlaced:
    """Its id follows from whose it is and their reference."""
    return OrderPlaced(
        order_id=uuid5(_OURS, f"{account or ''}\n{order.reference}"),
        account=account,
        placed_at=order.placed_at,
        customer=Customer(
            email=order.customer_email, name=order.customer_name, locale="en", country=order.country
        ),
        currency=order.currency,
        lines=tuple(
            Line(sku=each.sku, name=each.name, quantity=each.quantity, unit_price=each.unit_price)
            for each in order.lines
        ),
        total=order.total,
    )


def _sentence(fault: Fault) -> str:
    column = f", {fault.column}" if fault.column else ""
    order = f" (order {fault.order})" if fault.order else ""
    return f"line {fault.line}{column}: {fault.reason}{order}"
