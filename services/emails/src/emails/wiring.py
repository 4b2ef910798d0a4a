"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from emails.desk import Desk
from emails.mailer import Mailer
from emails.settings import Settings
from emails.templates import Templates
from mesh.files import open_store
from mesh.links import Links


@dataclass(frozen=True, slots=True)
class Deps:
    desk: Desk


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker. No connection is made yet: a mail server that is away is no reason not to start."""
    files = open_store(settings.files_url) if settings.files_url else None
    links = Links(settings.public_url, settings.link_keys)
    with closing(Mailer(settings.smtp_url, settings.mail_from)) as mailer:
        yield Deps(Desk(Templates(), mailer, links, files))
