"""A table in CSV: bytes to rows, one after the other, however large the file is.

A row is one line: what is within quotes may hold separators and quotes, and no line break. So a quote that is
never closed costs its own row and no other.

Read are UTF-8, with a byte order mark or without, UTF-16 with one, and any other encoding if it is named;
commas, semicolons and tabs, whichever the first line has between the names of columns; line breaks of any
system.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from typing import BinaryIO, NamedTuple

_CHUNK = 64 * 1024  # bytes that are read at once
LONGEST = 64 * 1024
"""Characters of a line."""
_SEPARATORS = ",;\t"
Numbered = Iterator[tuple[int, str | None]]
"""Lines. None: one that is too long."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unreadable(ValueError):
    """The file is no such table: none of it is to be taken. Says where."""


class Row(NamedTuple):
    """By the names of columns."""

    line: int
    """The first is 1."""
    cells: dict[str, str]


class Broken(NamedTuple):
    """A line that is no row."""

    line: int
    why: str
    cells: dict[str, str]
    """What may have been in it."""


def rows(
    file: BinaryIO, needed: Collection[str], known: frozenset[str], encoding: str | None = None
) -> Iterator[Row | Broken]:
    """Those below the first line, which names the columns. Raises Unreadable, at any of them."""
    numbered = enumerate(_lines(_texts(file, encoding)), 1)
    shape = _shape(numbered, needed, known)
    for number, line in numbered:
        found = shape.read(number, line)
        if found:
            yield found


class _Shape:
    """What the first line says."""

    def __init__(self, columns: list[str], separator: str) -> None:
        self.columns = columns
        self._separator = separator

    def read(self, number: int, line: str | None) -> Row | Broken | None:
        """None: nothing is in it."""
        if line is None:
            return Broken(number, f"it is longer than {LONGEST} characters", {})
        if not line.strip(self._separator + " \t"):
            return None
        try:
            cells = _split(line, self._separator)
        except csv.Error as error:
            return self._broken(number, line, _explained(error))
        while len(cells) > len(self.columns) and not cells[-1].strip():
            cells.pop()  # spreadsheets fill rows up
        if len(cells) != len(self.columns):
            why = f"it has {len(cells)} cells, and the first line {len(self.columns)}"
            return self._broken(number, line, why)
        return Row(number, dict(zip(self.columns, cells, strict=True)))

    def _broken(self, number: int, line: str, why: str) -> Broken:
        cells = (cell.strip(' "') for cell in line.split(self._separator))
        return Broken(number, why, dict(zip(self.columns, cells, strict=False)))


def _shape(
    numbered: Iterator[tuple[int, str | None]], needed: Collection[str], known: frozenset[str]
) -> _Shape:
    separators = _SEPARATORS
    for number, line in numbered:
        if line is None:
            raise Unreadable(
                f"line {number}: it is longer than {LONGEST} characters, and should name the columns"
            )
        if "\x00" in line:
            raise Unreadable(
                f"line {number}: it has NUL bytes: if it is UTF-16, name it, such as --encoding utf-16-le"
            )
        if said := re.fullmatch(r"sep=([,;\t])", line.strip(" ")):  # as Excel has it said
            separators = said[1]
        elif line.strip(_SEPARATORS + " "):
            return _named(number, line, separators, needed, known)
    raise Unreadable("it is empty: its first line should name the columns")


def _named(number: int, line: str, separators: str, needed: Collection[str], known: frozenset[str]) -> _Shape:
    shapes = [_Shape(_names(line, separator), separator) for separator in separators]
    shape = max(shapes, key=lambda shape: len(known & set(shape.columns)))
    columns = shape.columns
    if missing := sorted(set(needed) - set(columns)):
        raise Unreadable(f"line {number}: it should name the columns; it lacks {', '.join(missing)}")
    for column in columns:
        if column not in known:
            raise Unreadable(
                f"line {number}: there is no column {column[:40]!r}: there are {', '.join(sorted(known))}"
            )
        if columns.count(column) > 1:
            raise Unreadable(f"line {number}: the column {column} is there twice")
    return shape


def _names(line: str, separator: str) -> list[str]:
    try:
        names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in _split(line, separator)]
    except csv.Error:
        return []
    while names and not names[-1]:
        names.pop()
    return names


def _split(line: str, separator: str) -> list[str]:
    """Raises csv.Error."""
    return next(csv.reader((line,), delimiter=separator, strict=True))


def _explained(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quote is not closed in it: a row is one line"
    if "expected after" in str(error):
        return "something follows a closing quote: a quote within quotes is written twice"
    return str(error)


def _lines(texts: Iterator[str]) -> Iterator[str | None]:
    """None: one that is too long, which is held by nobody."""
    held, too_long = "", False
    for text in texts:
        first, *rest = text.split("\n")
        held = "" if too_long else held + first
        for line in rest:
            yield None if too_long or len(held) > LONGEST else held
            held, too_long = line, False
        too_long = too_long or len(held) > LONGEST
    if held or too_long:
        yield None if too_long else held


def _texts(file: BinaryIO, encoding: str | None) -> Iterator[str]:
    """Pieces of it, with line breaks of one kind. Raises Unreadable."""
    chunk = file.read(_CHUNK)
    name, start = _begun(chunk, encoding)
    decoder = _decoder(name)
    breaks = io.IncrementalNewlineDecoder(None, translate=True)
    chunk, at = chunk[start:], start
    while True:
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise Unreadable(_undecodable(error, name, at - pending + error.start, encoding)) from None
        yield breaks.decode(text, final=not chunk)
        if not chunk:
            return
        at += len(chunk)
        chunk = file.read(_CHUNK)


def _begun(chunk: bytes, encoding: str | None) -> tuple[str, int]:
    """The encoding, and where its text begins. A byte order mark knows better than who names another."""
    for mark, name in _MARKS:
        if chunk.startswith(mark):
            return name, len(mark)
    return encoding or "utf-8", 0


def _decoder(name: str) -> codecs.IncrementalDecoder:
    try:
        "".encode(name)  # it is one of text, and not of something else
        return codecs.getincrementaldecoder(name)("strict")
    except (LookupError, TypeError):
        raise Unreadable(f"there is no encoding {name[:40]!r}") from None


def _undecodable(error: UnicodeDecodeError, name: str, at: int, encoding: str | None) -> str:
    found = " ".join(f"{byte:02X}" for byte in error.object[error.start : error.start + 4])
    if encoding:
        return f"byte {at}: {found} is not {name}"
    return f"byte {at}: {found} is not {name}: name its encoding, such as --encoding cp1251"
