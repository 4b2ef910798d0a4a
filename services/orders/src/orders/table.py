"""Orders as a table, in CSV: a line of it is a line of an order, those of one order have the same `order`.

    order,customer_email,customer_name,currency,sku,name,quantity,unit_price,metadata.shop
    1,ada@example.com,Ada,EUR,T-1,Tea,2,450,berlin
    1,ada@example.com,Ada,EUR,M-1,Mug,1,1450,berlin
    2,grace@example.com,Grace,USD,T-1,Tea,1,500,boston

Without a column `order` each line is one. The standard library and nothing else.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any

from orders.domain import MOST_LINES

ORDER = "order"
CUSTOMER = ("email", "name", "locale", "country")
NEEDED = frozenset({"customer_email", "customer_name", "currency", "sku", "name", "quantity", "unit_price"})
KNOWN = NEEDED | {ORDER, "customer_locale", "customer_country"}
METADATA = "metadata."
LONGEST = 10_000
"""Characters of a line with line breaks in it."""


class NoTable(ValueError):
    """Its columns are not those of orders."""


class Table:
    """Takes lines as they come, and gives an order as JSON, with its line's number, once it is whole."""

    def __init__(self) -> None:
        self._columns: list[str] | None = None
        self._held: list[str] = []  # of a line that goes on behind a line break within quotes
        self._length = self._quotes = self._number = self._from = self._began = 0
        self._order: str | None = None
        self._rows: list[Mapping[str, str]] = []

    def take(self, line: str) -> Iterator[tuple[int, str]]:
        """Raises NoTable."""
        self._number += 1
        self._from = self._from if self._held else self._number
        self._held.append(line)
        self._length += len(line)
        self._quotes += line.count('"')
        if self._is_open():
            return
        cells = next(csv.reader(["".join(self._held)]), [])
        self._held, self._length, self._quotes = [], 0, 0
        if not cells:
            return
        if self._columns is None:
            self._columns = _checked(cells)
            return
        row = dict(zip(self._columns, cells, strict=False))
        if len(cells) > len(self._columns):
            row[""] = ",".join(cells[len(self._columns) :])  # it will not fit, and be told
        if not self._rows or self._order is None or row.get(ORDER) != self._order:
            yield from self.end()
            self._order, self._began = row.get(ORDER), self._from
        if len(self._rows) <= MOST_LINES:  # one too many is enough to be refused
            self._rows.append(row)

    def end(self) -> Iterator[tuple[int, str]]:
        """The order that is still held. Raises NoTable for half a line."""
        if self._held:
            raise NoTable("A quote is not closed.")
        if self._rows:
            yield self._began, json.dumps(_order(self._rows), ensure_ascii=False)
        self._rows = []

    def _is_open(self) -> bool:
        """Whether the line goes on. Raises NoTable for one that never ends."""
        if self._quotes % 2 and self._length > LONGEST:
            raise NoTable(f"A quote is not closed within {LONGEST} characters.")
        return self._quotes % 2 == 1


def _checked(cells: list[str]) -> list[str]:
    """The columns. Raises NoTable."""
    columns = [cell.strip() for cell in cells]
    if missing := NEEDED - set(columns):
        raise NoTable(f"The first line names the columns; it lacks {', '.join(sorted(missing))}.")
    if strange := [name for name in columns if name not in KNOWN and not name.startswith(METADATA)]:
        raise NoTable(
            f"There is no column {strange[0][:40]!r}; there are {', '.join(sorted(KNOWN))}, metadata.…"
        )
    if len(set(columns)) < len(columns):
        raise NoTable("A column is there twice.")
    return columns


def _order(rows: list[Mapping[str, str]]) -> dict[str, Any]:
    """What the lines mean; whether that is an order is for others to say."""
    first = rows[0]
    customer = {name: first[f"customer_{name}"] for name in CUSTOMER if first.get(f"customer_{name}")}
    metadata = {
        name.removeprefix(METADATA): value
        for name, value in first.items()
        if name.startswith(METADATA) and value
    }
    order = {"customer": customer, "currency": first.get("currency"), "lines": list(map(_line, rows))}
    return order | ({"metadata": metadata} if metadata else {})


def _line(row: Mapping[str, str]) -> dict[str, Any]:
    text = {name: row[name] for name in ("sku", "name", "") if name in row}
    return text | {name: _number(row.get(name, "")) for name in ("quantity", "unit_price")}


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text
