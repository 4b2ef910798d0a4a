"""VAPID (RFC 8292): the key that tells push services who we are; and the keys of browsers (RFC 8291).

A browser subscribes with the public half, and its push service takes pushes that are signed with the other.
"""

import base64
import re
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mesh.errors import RefusedAtStart

POINT = 65  # bytes of a public key: 4, x, y
SECRET = 16
_SCALAR = 32
_BASE64 = re.compile("[A-Za-z0-9_-]*")


def pair() -> tuple[str, str]:
    """A new private key and its public one, in URL-safe base64: 32 bytes and 65."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_numbers().private_value.to_bytes(_SCALAR, "big")
    return _written(secret), _written(point(key))


def signer(key: str, subject: str) -> Any:
    """py_vapid's, for a private key as PEM or as `pair` writes it. Raises RefusedAtStart for all else."""
    from py_vapid import Vapid02, VapidException

    made = Vapid02(_private(key))
    try:
        made.sign({"aud": "https://push.example", "sub": subject})
    except VapidException:
        raise RefusedAtStart(
            "VAPID_SUBJECT: how to reach us, such as mailto:ops@shop.example; without it, MAIL_FROM"
        ) from None
    return made


def refuse_unusable(p256dh: str, auth: str) -> None:
    """Raises ValueError for keys that nothing could be encrypted with."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read(p256dh, POINT))
    except ValueError:
        raise ValueError("p256dh is no point of P-256, uncompressed, in URL-safe base64") from None
    try:
        read(auth, SECRET)
    except ValueError:
        raise ValueError(f"auth is not {SECRET} bytes in URL-safe base64") from None


def read(text: str, size: int) -> bytes:
    """Raises ValueError for what is not as many bytes in URL-safe base64."""
    bare = text.rstrip("=")
    if not _BASE64.fullmatch(bare):
        raise ValueError("not URL-safe base64")
    found = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if len(found) != size:
        raise ValueError(f"not {size} bytes")
    return found


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    try:
        if "-----BEGIN" in key:
            found = serialization.load_pem_private_key(key.strip().encode(), password=None)
        else:
            number = int.from_bytes(read(key.strip(), _SCALAR), "big")
            found = ec.derive_private_key(number, ec.SECP256R1())
    except (ValueError, TypeError):  # a TypeError: it wants a password
        found = None
    if isinstance(found, ec.EllipticCurvePrivateKey) and isinstance(found.curve, ec.SECP256R1):
        return found
    raise RefusedAtStart(
        "VAPID_KEY: a private key of P-256, PEM or 32 bytes in URL-safe base64, such as `emails vapid` makes"
    )


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Its public half as it travels: `POINT` bytes."""
    encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(encoding, form)


def _written(found: bytes) -> str:
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()
