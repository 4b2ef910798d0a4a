"""What a schema alone would not lead to: imports with orders in them, URLs that webhooks may go to, keys of
browsers."""

import csv
import io
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
_WORD = st.text("abcäø茶🫖", min_size=1, max_size=20)
_PRICE = st.integers(0, 10**12)
_ORDER: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "customer": st.fixed_dictionaries({"email": st.just("ada@example.com"), "name": _WORD}),
        "currency": st.sampled_from(["EUR", "USD", "euro"]),
        "lines": st.lists(
            st.fixed_dictionaries(
                {"sku": _WORD, "name": _WORD, "quantity": st.integers(0, 10_001), "unit_price": _PRICE}
            ),
            max_size=3,
        ),
    }
)
_ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
LINES = st.lists(_ORDER.map(json.dumps) | _ANYTHING.map(json.dumps) | _TEXT, max_size=5).map(
    lambda lines: "\n".join(lines).encode()
)
"""NDJSON: whatever its lines are, it is taken, and what does not fit is told by line."""

_COLUMNS = ["order", "customer_email", "customer_name", "currency", "sku", "name", "quantity", "unit_price"]
_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20) | st.integers().map(str)
_ROWS = st.lists(st.lists(_CELL, min_size=len(_COLUMNS), max_size=len(_COLUMNS)), max_size=5)


def _written(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([_COLUMNS, *rows])
    return file.getvalue().encode()


TABLES = _ROWS.map(_written)
"""CSV: whatever the cells are, a table with these columns is taken."""

DOCUMENTS = {"application/x-ndjson": LINES, "text/csv": TABLES}
"""By media type."""
EMAILS = st.emails(domains=st.sampled_from(["example.com", "a.io", "xn--mnchen-3ya.de", "münchen.de"]))
"""Those of names that lead nowhere, such as .test, are refused, which no schema can say either."""
URLS = st.builds(
    "{}://{}.example{}/{}".format,
    st.sampled_from(["https", "http"]),
    st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True),
    st.just("") | st.integers(1, 65535).map(":{}".format),
    st.text("abcXYZ019-._~!$&'()*+,;=:@/?%", max_size=40),
)
"""Of the internet: those of this machine and of private networks are refused, which no schema can say."""


def _point(number: int) -> str:
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


POINTS = st.integers(1, 2**64).map(_point)
"""Public keys: of what is written like one, half is on no curve."""
