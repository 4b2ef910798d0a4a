"""What links in mails say: written by one service, read by another, and by nobody else (`mesh.links`).

They have no versions, and are older than any build that reads them: fields may be added with a default, and
none is ever taken away.
"""

from pydantic import Field

from contracts.files import File
from contracts.message import Email, Value


class Unsubscribe(Value):
    """Who follows it wants no more mails of that kind."""

    account: str | None
    email: Email = Field(repr=False)
    kind: str


class Download(Value):
    """Who follows it gets that file."""

    file: File
