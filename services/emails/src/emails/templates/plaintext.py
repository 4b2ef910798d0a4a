"""Text as people read it in a mail: what others wrote kept in its place, lines wrapped, money in a column."""

import re
from unicodedata import combining, east_asian_width

WIDTH = 72
"""Columns of a text part: it is quoted in answers, and read in a terminal."""

# Controls, line and paragraph separators, halves of surrogates, and what turns the direction of all that
# follows around: a name could hide or reorder what stands beside it.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_NOT_IN_A_LINE = re.compile(f"[{_UNSEEN}]+")
_NOT_IN_A_TEXT = re.compile(f"(?!\n)[{_UNSEEN}]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_PLAIN = re.compile("[\0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u20cf]*")
"""Latin, Greek, Cyrillic and the signs of currencies: one column each."""
_MANY_LINES = re.compile(r"\n\s*\n\s*\n")


def one_line(text: str) -> str:
    """A name, on one line whatever its owner wrote."""
    return " ".join(_NOT_IN_A_LINE.sub(" ", text).split())


def lines(text: str) -> str:
    """What a person wrote, with its line breaks and without what cannot be seen."""
    text = _NOT_IN_A_TEXT.sub("", _LINE_END.sub("\n", text))
    return _MANY_LINES.sub("\n\n", text).strip()


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def columns(text: str) -> int:
    """How wide it is in a terminal: Chinese is twice as wide, and an accent takes no place."""
    if _PLAIN.fullmatch(text):  # a twentieth of the time
        return len(text)
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)


def wrapped(text: str, indent: int = 0, width: int = WIDTH) -> str:
    """Each of its lines in as many as it takes. A word is never broken: it may be a link."""
    room, margin = width - indent, " " * indent
    if "\n" not in text and columns(text) <= room:  # most are short: a fifth of the time
        return margin + text
    found = (part for line in text.split("\n") for part in _broken(line, room))
    return "\n".join(f"{margin}{part}".rstrip() for part in found)


def row(text: str, amount: str) -> str:
    """A text, and an amount at the right edge of its first line; its others hang below it."""
    first, *others = wrapped(text, width=WIDTH - columns(amount) - 2).split("\n")
    gap = WIDTH - columns(first) - columns(amount)
    # A word may be too long for that.
    shown = [f"{first}{' ' * gap}{amount}"] if gap > 1 else [first, right(amount)]
    return "\n".join(shown + [f"    {other}" for other in others])


def right(text: str) -> str:
    """At the right edge."""
    return f"{' ' * (WIDTH - columns(text))}{text}"


def _broken(line: str, width: int) -> list[str]:
    if columns(line) <= width:
        return [line]
    made = [""]
    for word in line.split(" "):
        longer = f"{made[-1]} {word}" if made[-1] else word
        if columns(longer) <= width:
            made[-1] = longer
        else:
            made.append(word)
    return [part for part in made if part]
