"""What is found, for people and for programs."""

import json
from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows under the first, in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def as_text(document: Any) -> str:
    """A document in JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False)
