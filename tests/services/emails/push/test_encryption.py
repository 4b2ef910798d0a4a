"""Encryption for a browser: the standard's own example, and what a decoder that is not ours reads."""

import base64

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emails.push.encryption import RECORD, encrypted


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291() -> None:
    """Appendix A."""
    secret = int.from_bytes(read("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        read("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        read("BTBZMqHH6r4Tts7J_aSIgg"),
        own=ec.derive_private_key(secret, ec.SECP256R1()),
        salt=read("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert body == read(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
        "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("size", [0, 1, 1000, RECORD - 86 - 17])
def test_its_browser_reads_it_and_each_is_another(size: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = bytes(range(16))
    bodies = [encrypted(b"x" * size, public, secret) for _ in range(2)]
    assert bodies[0] != bodies[1]
    assert {len(body) for body in bodies} == {86 + size + 17}
    for body in bodies:
        assert http_ece.decrypt(body, private_key=key, auth_secret=secret) == b"x" * size


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"EC key|point"):
        encrypted(b"x", b"\x04" + bytes(64), bytes(16))
