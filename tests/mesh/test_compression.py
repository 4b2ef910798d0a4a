"""Compressed bodies: read when they are of a sane size, kept as they came when they are not."""

import pytest
from kombu import compression
from kombu.message import Message

from mesh.worker.compression import LIMIT, bound

KINDS = ["application/x-gzip", "application/x-bz2", "application/x-lzma"]


@pytest.fixture(autouse=True)
def _bounded() -> None:
    bound()


@pytest.mark.parametrize("kind", KINDS)
def test_a_compressed_body_is_unpacked(kind: str) -> None:
    packed, _ = compression.compress(b"[" + b" " * (LIMIT - 2) + b"]", kind)
    message = Message(body=packed, headers={"compression": kind})
    assert len(message.body) == LIMIT
    assert not message.errors


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [lambda packed: packed[:-1], lambda packed: b"x" + packed])
def test_what_cannot_be_unpacked_stays_as_it_came(kind: str, change: object) -> None:
    packed = change(compression.compress(b"[]", kind)[0])
    message = Message(body=packed, headers={"compression": kind})
    assert message.body == packed
    assert message.errors


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_stays_packed(kind: str) -> None:
    packed, _ = compression.compress(b" " * (LIMIT + 1), kind)
    message = Message(body=packed, headers={"compression": kind})
    assert message.body == packed
    assert message.errors
