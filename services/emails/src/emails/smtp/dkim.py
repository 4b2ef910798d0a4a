"""DKIM: a mail says which domain answers for it, and that nothing of it was changed (RFC 6376, RFC 8463).

Signed here, by OpenSSL: dkimpy does the arithmetic of RSA in Python (docs/decisions/0028).
"""

import re
import time
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from emails.smtp.mime import Headers
from mesh.errors import RefusedAtStart

_SIGNED = frozenset(
    {
        *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
        *("reply-to", "list-unsubscribe", "list-unsubscribe-post"),
    }
)
_SMALLEST = 1024  # bits of an RSA key that anybody verifies
_BLANKS = re.compile(rb"[ \t]+")
_TRAILING = re.compile(rb"(?m)[ \t]+(?=\r\n)")


class Signer:
    """Signs for one domain, with one key."""

    def __init__(self, domain: str, selector: str, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        """Its public key is to be at `<selector>._domainkey.<domain>` in the DNS."""
        self._key = key
        algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
        self._tags = f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector}"

    @classmethod
    def load(cls, domain: str, selector: str, path: Path) -> "Signer":
        """With the key of a PEM file. Raises RefusedAtStart."""
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            why = error.strerror if isinstance(error, OSError) else "no private key in PEM without a password"
            raise RefusedAtStart(f"DKIM_KEY_FILE {path}: {why}") from None
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise RefusedAtStart(f"DKIM_KEY_FILE {path}: DKIM takes an RSA or an Ed25519 key")
        if isinstance(key, RSAPrivateKey) and key.key_size < _SMALLEST:
            raise RefusedAtStart(f"DKIM_KEY_FILE {path}: nobody trusts an RSA key of {key.key_size} bits")
        return cls(domain, selector, key)

    def signature(self, headers: Headers, body: Sequence[bytes]) -> tuple[str, str]:
        """The header that goes before the others. `body`: in pieces, each of whole lines."""
        signed = [(name, value) for name, value in headers if name.lower() in _SIGNED]
        # From once more than it is there: a second one, which a reader might show, breaks the signature.
        names = ":".join((*(name for name, _ in signed), "From"))
        tags = f"{self._tags}; t={int(time.time())}; bh={_digest(body)};\r\n h={names};\r\n b="
        text = b"".join(_relaxed(name, value) + b"\r\n" for name, value in signed)
        signature = b64encode(self._sign(text + _relaxed("DKIM-Signature", tags))).decode()
        folded = "\r\n ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
        return "DKIM-Signature", tags + folded

    def _sign(self, text: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(text, PKCS1v15(), SHA256())
        return self._key.sign(sha256(text).digest())


def _relaxed(name: str, value: str) -> bytes:
    unfolded = value.encode().replace(b"\r\n", b"")
    return name.lower().encode() + b":" + _BLANKS.sub(b" ", unfolded).strip(b" ")


def _digest(body: Sequence[bytes]) -> str:
    """Of the body, relaxed: no blanks at the ends of lines, one in place of several, no empty last lines."""
    digest = sha256()
    for piece in body[:-1]:
        digest.update(_plain(piece))
    last = _plain(body[-1]).rstrip(b"\r\n")
    digest.update(last + b"\r\n")
    return b64encode(digest.digest()).decode()


def _plain(piece: bytes) -> bytes:
    if b" " not in piece and b"\t" not in piece:  # base64, which may be 20 MB
        return piece
    return _BLANKS.sub(b" ", _TRAILING.sub(b"", piece))
