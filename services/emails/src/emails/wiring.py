"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from emails.mailer import Mailer
from emails.settings import Settings
from emails.templates import Templates


@dataclass(frozen=True, slots=True)
class Deps:
    templates: Templates
    mailer: Mailer


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker. No connection is made yet: a mail server that is away is no reason not to start."""
    with closing(Mailer(settings.smtp_url, settings.mail_from)) as mailer:
        yield Deps(Templates(), mailer)
