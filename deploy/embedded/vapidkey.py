"""The key pair with which pushes are signed: browsers that subscribed know it the next time too."""

import base64
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from embedded.statefile import write_private


class Pair(NamedTuple):
    """In URL-safe base64: what emails signs with, and what browsers subscribe with."""

    private: str
    public: str


def kept(state: Path) -> Pair:
    """That of this state folder; made at its first use, for its owner alone to read."""
    file = state / "vapid-key"
    if not file.exists():
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        write_private(file, _written(number.to_bytes(32, "big")))
    private = file.read_text()
    return Pair(private, _public(private))


def _public(private: str) -> str:
    number = int.from_bytes(base64.urlsafe_b64decode(private + "="), "big")
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return _written(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _written(found: bytes) -> str:
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()
