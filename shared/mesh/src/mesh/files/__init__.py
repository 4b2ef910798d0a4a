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

from mesh.files.address import Local, parse
from mesh.files.folder import Folder
from mesh.files.s3 import Bucket
from mesh.files.store import PIECE, FileStore, Removed

__all__ = ["PIECE", "FileStore", "Removed", "open_store"]


def open_store(url: str) -> FileStore:
    """The store of a FILES_URL. Nothing is asked of it before its first use, and so nothing before a fork.

    Raises ValueError, which may be shown.
    """
    place = parse(url)
    return Folder(place.root) if isinstance(place, Local) else Bucket(place)
