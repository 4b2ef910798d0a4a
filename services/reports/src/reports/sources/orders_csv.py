"""Orders of elsewhere as a table: a row is a line of an order, and those of one order stand together.

    order,placed_at,customer_email,customer_name,country,currency,sku,name,quantity,unit_price,account
    A-1,2026-11-21T10:00:00Z,ada@example.com,Ada,DE,EUR,T-1,Tea,2,12.99,shop
    A-1,2026-11-21T10:00:00Z,ada@example.com,Ada,DE,EUR,M-1,Mug,1,"1.014,50",shop

Amounts are as people write them, 12.99 or 12,99, with the digits that the currency has (ISO 4217). `account`
may be left out. How bytes become rows is in table.py, what cells may say in cells.py.

A row that does not fit is told as a Fault, and its order is not taken, as it would be another one without
that row; all others are. Only one order is in memory at a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from reports.sources import cells, table
from reports.sources.seen import Seen
from reports.sources.table import Broken, Row, Unreadable

__all__ = ["Fault", "Line", "Order", "Unreadable", "parse"]

OF_ORDER = ("placed_at", "customer_email", "customer_name", "country", "currency", "account")
OF_LINE = ("sku", "name", "quantity", "unit_price")
NEEDED = ("order", *OF_ORDER[:-1], *OF_LINE)
KNOWN = frozenset((*NEEDED, "account"))
MOST_LINES = 1000
"""Of one order."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one product."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    """In minor units of the order's currency."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was placed elsewhere."""

    reference: str
    """Theirs, in the column `order`."""
    placed_at: datetime
    """In UTC."""
    customer_email: str = field(repr=False)
    customer_name: str = field(repr=False)
    country: str
    """ISO 3166, two letters."""
    currency: str
    account: str | None
    lines: tuple[Line, ...]
    line: int
    """Of the file, where it begins."""

    @property
    def total(self) -> int:
        """In minor units of the currency."""
        return sum(line.quantity * line.unit_price for line in self.lines)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row."""

    line: int
    column: str | None
    """None: it is no row at all."""
    reason: str
    order: str | None
    """Which is not to be taken, not even where it came before. None: it cannot be told."""


def parse(file: BinaryIO, now: datetime, encoding: str | None = None) -> Iterator[Order | Fault]:
    """Raises table.Unreadable, at any of them: then nothing of the file is to be taken."""
    reading = _Reading(now)
    for row in table.rows(file, NEEDED, KNOWN, encoding):
        yield from reading.broken(row) if isinstance(row, Broken) else reading.take(row)
    yield from reading.end()


class _Reading:
    """Holds the order to which rows are being added."""

    def __init__(self, now: datetime) -> None:
        self._cells: dict[str, Callable[[str], Any]] = {
            "placed_at": partial(cells.time, now=now),
            "customer_email": cells.email,
            "customer_name": cells.text,
            "country": cells.country,
            "currency": cells.currency,
            "account": cells.optional,
            "sku": cells.text,
            "name": cells.text,
            "quantity": cells.quantity,
        }
        self._seen = Seen()
        self._reference: str | None = None
        self._began = 0
        self._said: dict[str, Any] = {}
        self._lines: list[Line] = []
        self._spoiled = False

    def take(self, row: Row) -> Iterator[Order | Fault]:
        try:
            reference = cells.text(row.cells["order"])
        except ValueError as error:
            yield from self.end()
            yield Fault(row.line, "order", str(error), None)
            return
        if reference != self._reference:
            yield from self.end()
            yield from self._begin(reference, row.line)
        yield from self._add(row)

    def broken(self, row: Broken) -> Iterator[Order | Fault]:
        reference = row.cells.get("order", "").strip()[:200] or None
        if reference != self._reference:
            yield from self.end()
            if reference:
                yield from self._begin(reference, row.line)
        self._spoiled = True
        yield Fault(row.line, None, row.why, reference)

    def end(self) -> Iterator[Order]:
        """The order that is held, if it is whole."""
        if self._reference is not None and not self._spoiled:
            yield Order(self._reference, **self._said, lines=tuple(self._lines), line=self._began)
        self._reference, self._said, self._lines, self._spoiled = None, {}, [], False

    def _begin(self, reference: str, line: int) -> Iterator[Fault]:
        self._reference, self._began = reference, line
        if not self._seen.add(reference):
            self._spoiled = True
            yield Fault(
                line, "order", "it stands further up, too: rows of one order stand together", reference
            )

    def _add(self, row: Row) -> Iterator[Fault]:
        values, faults = self._values(row)
        if not faults:
            faults = self._differing(row, values)
        if len(self._lines) == MOST_LINES and not self._spoiled:
            faults.append(
                Fault(row.line, None, f"an order has {MOST_LINES} lines at the most", self._reference)
            )
        if faults:
            self._spoiled = True
            yield from faults
        elif not self._spoiled:
            self._said = self._said or {name: values[name] for name in OF_ORDER}
            self._lines.append(Line(*(values[name] for name in OF_LINE)))

    def _values(self, row: Row) -> tuple[dict[str, Any], list[Fault]]:
        values: dict[str, Any] = {"account": None}
        faults = []
        for column, cell in row.cells.items():
            try:
                if column in self._cells:
                    values[column] = self._cells[column](cell)
            except ValueError as error:
                faults.append(Fault(row.line, column, str(error), self._reference))
        if "currency" in values:  # without it nobody knows how many digits there are
            try:
                values["unit_price"] = cells.price(row.cells["unit_price"], values["currency"])
            except ValueError as error:
                faults.append(Fault(row.line, "unit_price", str(error), self._reference))
        return values, faults

    def _differing(self, row: Row, values: dict[str, Any]) -> list[Fault]:
        """From what the order's first row says."""
        return [
            Fault(row.line, name, f"it is not as in line {self._began}, of the same order", self._reference)
            for name, said in self._said.items()
            if values[name] != said
        ]
