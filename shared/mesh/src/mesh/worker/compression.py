"""Compressed bodies, unpacked up to a limit: half a megabyte may claim to be half a gigabyte.

kombu unpacks a message that says it is compressed while it arrives, in the worker's main process.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from kombu import compression

LIMIT = 16 * 1024 * 1024
"""Bytes of a body. RabbitMQ 4 takes no message that is larger."""

_UNPACKERS: dict[str, Callable[[], Any]] = {
    "application/x-gzip": zlib.decompressobj,
    "application/x-bz2": bz2.BZ2Decompressor,
    "application/x-lzma": lzma.LZMADecompressor,
}


def bound() -> None:
    """Have kombu refuse what is larger: it is kept as it came."""
    for kind, unpacker in _UNPACKERS.items():
        pack, _ = compression.get_encoder(kind)
        compression.register(pack, partial(_unpack, unpacker), kind)


def _unpack(unpacker: Callable[[], Any], body: bytes) -> bytes:
    unpacking = unpacker()
    unpacked: bytes = unpacking.decompress(body, LIMIT)
    if not unpacking.eof:
        raise ValueError(f"truncated, or over {LIMIT} bytes when unpacked")
    return unpacked
