"""Which texts were there before, of millions, in 16 to 32 bytes each: a set of them would take a hundred."""

from array import array
from hashlib import blake2b

_FEWEST = 1024


class Seen:
    """Keeps 64 bits of a digest for each: of ten million, two are one once in 370,000 files."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FEWEST))
        self._count = 0

    def add(self, text: str) -> bool:
        """Whether it is new."""
        digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
        key = int.from_bytes(digest, "big") or 1  # 0 is a slot that is free
        place = self._place(key)
        if self._slots[place]:
            return False
        self._slots[place] = key
        self._count += 1
        if 2 * self._count > len(self._slots):
            self._grow()
        return True

    def _place(self, key: int) -> int:
        """Where it is, or would be."""
        size = len(self._slots)
        place = key % size
        while self._slots[place] not in (0, key):
            place = (place + 1) % size
        return place

    def _grow(self) -> None:
        kept = self._slots
        self._slots = array("Q", bytes(8 * 2 * len(kept)))
        for key in filter(None, kept):
            self._slots[self._place(key)] = key
