"""What a browser's subscription to pushes is made of (RFC 8291). The standard library and nothing else."""

import re
from base64 import urlsafe_b64decode

ENDPOINT = 2000
"""Characters of a push service's URL, at the most."""

# Without padding, as browsers write it; the bits behind the last byte are zero.
POINT = "^B[A-P][A-Za-z0-9_-]{84}[AEIMQUYcgkosw048]$"
"""65 bytes, the first of which is 4: a point that is not compressed."""
AUTH = "^[A-Za-z0-9_-]{21}[AQgw]$"
"""16 bytes."""

# The curve P-256: y² = x³ - 3x + B, modulo P.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def checked_key(text: str) -> str:
    """A public key. Raises ValueError for what is none: nothing could be encrypted for it."""
    if not (re.fullmatch(POINT, text) and _is_on_curve(urlsafe_b64decode(f"{text}="))):
        raise ValueError("a public key of P-256: a point that is not compressed, in URL-safe base64")
    return text


def _is_on_curve(point: bytes) -> bool:
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    return x < _P and y < _P and (y * y - x * x * x + 3 * x - _B) % _P == 0
