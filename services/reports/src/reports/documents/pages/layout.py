"""What a report looks like, whatever it is written as: figures, charts and tables, in a reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.documents.kinds.amounts import Money

Form = Literal["text", "code", "number", "money", "share", "change", "duration", "day", "moment", "trend"]
"""How a value is written. `money` is minor units of the column's currency, or Money; `share` and `change` are
parts of one, `duration` is microseconds, `trend` is how something went."""
Value = str | int | float | date | datetime | Money | tuple[int, ...] | None
Mood = Literal["good", "bad", ""]


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    form: Form = "text"
    currency: str = ""
    """Of money, where all of it is in one."""
    summed: bool = False
    """Whether its sum stands at the end of the table."""
    width: float = 1
    """Of text: its part of the room that numbers leave."""
    running: tuple[int, int] | None = None
    """A balance: that of the line before, with the one column added and the other taken away."""

    @property
    def is_text(self) -> bool:
        return self.form in ("text", "code")

    @property
    def is_left(self) -> bool:
        """Figures end below each other, all else begins there."""
        return self.form not in ("number", "money", "share", "change", "duration")


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    bar: int | None = None
    """The column whose values are also shown as bars: a ranking."""
    last: Sequence[Value] | None = None
    """The last line, where it is no sum of the others: a balance."""
    first: Sequence[Value] | None = None
    """The first line, likewise."""
    more: int = 0
    """Rows that are left out."""

    def end(self, total: str) -> Sequence[Value] | None:
        """The last line: what is said to be it, or the sums behind the word for them."""
        if self.last or not self.rows or not any(column.summed for column in self.columns):
            return self.last
        sums = [self._sum(at) if column.summed else None for at, column in enumerate(self.columns)]
        return [total, *sums[1:]]

    def _sum(self, at: int) -> int:
        return sum(row[at] for row in self.rows if isinstance(row[at], int))  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    label: str
    value: Value
    form: Form = "number"
    currency: str = ""
    change: float | None = None
    mood: Mood = ""
    """Whether that change is welcome."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over time."""

    title: str
    points: Sequence[tuple[str, int]]
    form: Form
    currency: str = ""
    of: Table | None = None
    """Where the same can be found in rows, for programs that draw from cells: the first column and `at`."""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Heat:
    """A field for each pair, the darker the more."""

    title: str
    down: Sequence[str]
    across: Sequence[str]
    values: Sequence[Sequence[int]]
    """By line."""


Part = Table | Chart | Heat | tuple[Table, Table]
"""Two tables stand side by side where there is room."""


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    subtitle: str
    """Whose, and of when."""
    currency: str
    """What the amounts are in; what the times are in, where there are no amounts."""
    figures: Sequence[KeyFigure]
    notes: Sequence[str]
    """What a reader must know to read the figures right."""
    parts: Sequence[Part]
    compared: str = ""
    """What the changes of the key figures are to."""
    empty: str = ""
    """What is said where there is nothing to show."""
