"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import parseaddr

from emails.desk import Desk
from emails.push.hosts import Hosts
from emails.push.pusher import Pusher
from emails.settings import Settings
from emails.smtp import Mailer, Signer
from emails.templates import Templates
from mesh.errors import RefusedAtStart
from mesh.files import open_store
from mesh.links import Links
from mesh.turns import Turns


@dataclass(frozen=True, slots=True)
class Deps:
    desk: Desk
    pusher: Pusher


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker. No connection is made yet: a mail server that is away is no reason not to start."""
    files = open_store(settings.files_url) if settings.files_url else None
    links = Links(settings.public_url, settings.link_keys)
    with closing(_mailer(settings)) as mailer, closing(_pusher(settings)) as pusher:
        yield Deps(Desk(Templates(), mailer, links, files), pusher)


def _mailer(settings: Settings) -> Mailer:
    return Mailer(
        settings.smtp_url,
        settings.mail_from,
        reply_to=settings.mail_reply_to,
        signer=_signer(settings),
        bulk_rate=settings.bulk_rate,
        turns=Turns(settings.limits_url, "LIMITS_URL"),
    )


def _signer(settings: Settings) -> Signer | None:
    if settings.dkim_selector is None or settings.dkim_key_file is None:
        return None
    domain = settings.dkim_domain or parseaddr(settings.mail_from)[1].rpartition("@")[2]
    return Signer.load(domain, settings.dkim_selector, settings.dkim_key_file)


def _pusher(settings: Settings) -> Pusher:
    subject = settings.vapid_subject or f"mailto:{parseaddr(settings.mail_from)[1]}"
    return Pusher(_vapid_key(settings), subject, Hosts(settings.push_hosts))


def _vapid_key(settings: Settings) -> str | None:
    file = settings.vapid_key_file
    if settings.vapid_key or file is None:
        return settings.vapid_key
    try:
        return file.read_text()
    except (OSError, ValueError) as error:
        raise RefusedAtStart(f"VAPID_KEY_FILE: {file}: {error}") from None
