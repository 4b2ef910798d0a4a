"""Encryption for one browser (RFC 8291): its push service carries what it cannot read.

Written out here, by `cryptography`'s parts: the library for it (pywebpush) needs another one that there is no
wheel of, which no image takes, and brings two HTTP clients along. In tests a decoder that is not ours reads
what is written.
"""

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emails.push import keys

RECORD = 4096
"""Bytes of a record, and of all that push services have to take (RFC 8030, 7.2)."""
_LAST = b"\x02"  # behind the text of the last record (RFC 8188, 2)
_SALT = 16


def encrypted(
    payload: bytes,
    browser: bytes,
    secret: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """A push's body, of one record. `browser`: its public key, uncompressed; `secret`: the 16 bytes of its
    `auth`.

    `own` and `salt` are new ones, for each push, but in a test. Raises ValueError for what is no key.
    """
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(_SALT)
    ours = keys.point(own)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    shared = own.exchange(ec.ECDH(), theirs)
    keyed = _derived(shared, secret, b"WebPush: info\0" + browser + ours, 32)
    key = _derived(keyed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(keyed, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, payload + _LAST, None)


def _derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)
