"""What others wrote, kept in its place: a name is one line, and hides or reorders nothing beside it."""

import re

# Controls, line and paragraph separators, halves of surrogates, and what turns the direction of all that
# follows around.
_UNSEEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+"
)
LONGEST = 200
"""Characters of a name: more than any page shows of it."""


def one_line(text: str) -> str:
    """A name, on one line whatever its owner wrote, and not longer than anybody reads."""
    line = _UNSEEN.sub(" ", text[: 2 * LONGEST]).strip()
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
