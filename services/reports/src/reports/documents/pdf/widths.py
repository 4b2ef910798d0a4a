"""How wide text is in the reports' font, without asking it: exactly for figures, about right for words.

In Inter's tabular figures all digits and signs are of one width, all points and blanks of another. So a
figure can be filled up with blanks of those two widths, and the figures of a line are one text.
"""

import re
from functools import lru_cache
from itertools import product

EM = 2048
"""The font's units, of which all widths here are."""
_DIGIT, _POINT = 1328, 550
_DIGIT_BLANK, _POINT_BLANK = "\u2007", "\u2008"
_FIGURES = re.compile("[-0-9+\u2212,. \u00a0%\u2013\u2019]*")
_NARROW = re.compile("[ijlIftr.,:;'|!() \u00a0\u0406\u0456\u0457-]")
_WIDE = re.compile("[mwMWmЖШЩЮФжшщюфмДМЫы%@\u2014\u2026]")
_SQUARE = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\uff60\U00010000-\U0010ffff]"
)


def of_figures(text: str) -> int | None:
    """None for what is no figure."""
    if not _FIGURES.fullmatch(text):
        return None
    points = text.count(",") + text.count(".") + text.count(" ") + text.count("\u00a0")
    others = 683 * text.count("%") - 304 * text.count("\u2013") - 794 * text.count("\u2019")
    return _DIGIT * len(text) - (_DIGIT - _POINT) * points + others


@lru_cache(maxsize=4096)
def blanks(width: int) -> str:
    """In front of a figure, so that it ends where wider ones do: to within a fortieth of an em."""
    if width <= 0:
        return ""
    found = product(range(width // _DIGIT + 1), range(min(13, width // _POINT + 1)))
    digits, points = min(found, key=lambda pair: abs(width - pair[0] * _DIGIT - pair[1] * _POINT))
    return _DIGIT_BLANK * digits + _POINT_BLANK * points


def of_words(text: str) -> int:
    """About: somewhat more than it takes."""
    narrow, wide, square = (len(kind.findall(text)) for kind in (_NARROW, _WIDE, _SQUARE))
    return 1200 * (len(text) - narrow - wide - square) + 680 * narrow + 1850 * wide + 2100 * square


def cut(text: str, width: int) -> str:
    """As much of it as there is room for."""
    if len(text) * 2100 <= width or of_words(text) <= width:
        return text
    while text and of_words(text) > width - 1000:
        text = text[: min(len(text) - 1, len(text) * width // of_words(text))]
    return f"{text.rstrip()}…"
