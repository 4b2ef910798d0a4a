"""The desk: what letters are written and sent with."""

from dataclasses import dataclass

from emails.smtp import Mailer
from emails.templates import Templates
from mesh.files import FileStore
from mesh.links import Links


@dataclass(frozen=True, slots=True)
class Desk:
    """One in each process."""

    templates: Templates
    mailer: Mailer
    links: Links
    files: FileStore | None
    """Where reports lie. None: there are none."""
