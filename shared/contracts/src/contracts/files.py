"""Documents that messages refer to: they lie in the file store, and a message carries the reference."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.message import Value

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["00" * 32])]
"""The SHA-256 of a document's bytes, in hexadecimal."""


class File(Value):
    """One document. Its bytes never change: others are another document."""

    digest: Digest
    """By which the store keeps it."""
    size: int
    """In bytes."""
    media_type: str
    """Such as text/csv."""
    name: str
    """What a person would save it as."""
