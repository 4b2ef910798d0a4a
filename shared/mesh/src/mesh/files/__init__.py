"""The file store: documents that are too large for messages, which carry a `contracts.files.File` instead.

    file = store.put(pieces, "text/csv", "sales.csv")       # the sender; then `file` goes into a message
    for piece in store.read(file): ...                      # whoever got it

A document is kept under the SHA-256 of its bytes. So to keep it again changes nothing but its age, a handler
that is called twice leaves one file, and what is read is what was kept, or an error.

    store.py       what a store does
    address.py     what FILES_URL says
    folder.py      a folder that all see
    s3.py          a bucket, by obstore
    retention.py   who removes what is old
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from mesh.files.address import Local, parse
from mesh.files.store import PIECE, FileStore, Removed

if TYPE_CHECKING:
    from mesh.files.retention import Retention
    from mesh.stopping import Stopping

__all__ = ["PIECE", "FileStore", "Removed", "open_retention", "open_store"]


def open_store(url: str) -> FileStore:
    """The store of a FILES_URL. Nothing is asked of it before its first use, and so nothing before a fork.

    Raises ValueError, which may be shown.
    """
    place = parse(url)
    # Who knows addresses, as settings do, and keeps no files does without either.
    if isinstance(place, Local):
        from mesh.files.folder import Folder

        return Folder(place.root)
    from mesh.files.s3 import Bucket

    return Bucket(place)


def open_retention(url: str, kept: timedelta, stopping: "Stopping") -> "Retention":
    """What removes documents older than `kept` from that store. Begins nothing; raises as `open_store`."""
    from mesh.files.retention import Retention

    return Retention(open_store(url), kept, stopping)
