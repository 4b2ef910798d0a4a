"""Documents with exchange rates, as the European Central Bank writes them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><Cube>{}</Cube></gesmes:Envelope>
"""


def quoted(days: Mapping[date, Mapping[str, Decimal]]) -> bytes:
    """These rates."""
    cubes = (f'<Cube time="{day}">{"".join(map(_cube, said.items()))}</Cube>' for day, said in days.items())
    return _DOCUMENT.format("".join(cubes)).encode()


def _cube(rate: tuple[str, Decimal]) -> str:
    return f'<Cube currency="{rate[0]}" rate="{rate[1]}"/>'
