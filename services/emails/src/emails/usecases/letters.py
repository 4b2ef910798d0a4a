"""Letters to one person: a receipt, a notice, a report. Each is sent by the same steps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from contracts.emails import SendNotice, SendReceipt, SendReport
from contracts.files import File
from contracts.links import Download
from contracts.orders import OrderNoted
from emails.asked import letter, notice
from emails.desk import Desk
from emails.domain import LINK_LASTS, TRANSACTIONAL, Attachment, Content, Letter, Mail
from emails.smtp import Handed, InDoubt, NotItsTurn, Refused
from emails.store import mails, people
from emails.usecases import outcomes, pushes
from emails.usecases.outcomes import Bounced
from mesh import Effect, Reject, Tx, Unavailable, context
from mesh.errors import Gone

LARGEST = 10 * 1024 * 1024
"""Bytes of a file that is attached: many mail servers take 20 MB, and base64 makes four bytes of three. A
larger one goes by link."""

LONGEST = timedelta(days=5)
"""For which a mail waits until a mail server takes it: as long as mail servers wait for each other (RFC 5321,
4.5.4.1), from when it last waited for its turn. Waiting costs no attempt, so one of which every server hangs
up would wait for ever."""

Sending = Effect[Handed | Bounced]


def send_receipt(wanted: SendReceipt, id: UUID, tx: Tx, desk: Desk) -> Sending | None:
    """To the customer who has ordered."""
    return send(letter(wanted, id), lambda: desk.templates.receipt(wanted), tx, desk)


def send_notice(wanted: SendNotice, id: UUID, tx: Tx, desk: Desk) -> Sending | None:
    """To the customer whose order has changed, and to their browsers."""
    pushes.notify(tx, id, wanted, desk.templates.push)
    return send(letter(wanted, id), lambda: desk.templates.notice(wanted), tx, desk)


def forward_note(noted: OrderNoted, id: UUID, tx: Tx, desk: Desk) -> Sending | None:
    """A note is mailed if it is for the customer."""
    return send_notice(notice(noted), id, tx, desk) if noted.for_customer else None


def send_report(wanted: SendReport, id: UUID, tx: Tx, desk: Desk) -> Sending | None:
    """A stored file, in the mail or as a link to where it lies."""
    attached = wanted.by == "attachment" and wanted.file.size <= LARGEST
    link = None if attached else desk.links.url("files", Download(file=wanted.file), LINK_LASTS)
    file = wanted.file if attached else None
    return send(letter(wanted, id), lambda: desk.templates.report(wanted, link), tx, desk, file=file)


def send(
    letter: Letter,
    write: Callable[[], Content],
    tx: Tx,
    desk: Desk,
    *,
    file: File | None = None,
    unsubscribe: str | None = None,
) -> Sending | None:
    """Write the letter and intend it. Mailing it is the effect, announcing it is what follows. None: nobody
    is there to get it, or they do not want it."""
    why, since = people.standing(tx, letter)
    if why:
        outcomes.unsent(letter, why, tx)
        return None
    mail = letter.written(write(), unsubscribe=unsubscribe)
    mails.intend(tx, letter, mail.content.subject, doubtful=context.doubtful())
    return Effect(
        perform=partial(_hand_over, mail, file, since, desk),
        then=partial(outcomes.handed, letter),
        in_doubt=None if letter.kind in TRANSACTIONAL else outcomes.doubted,
    )


def _hand_over(mail: Mail, file: File | None, since: datetime | None, desk: Desk) -> Handed | Bounced:
    try:
        if file is not None:
            mail = replace(mail, attachments=(_attachment(file, desk),))
        return desk.mailer.send(mail)
    except Refused as error:
        if error.no_mailbox:
            return Bounced(str(error))
        raise
    except InDoubt as error:
        if mail.kind not in TRANSACTIONAL:
            raise outcomes.Doubtful(str(error)) from error
        raise
    except NotItsTurn:
        raise
    except Unavailable as error:
        if since and datetime.now(UTC) - since > LONGEST:
            raise outcomes.TooLate(f"not taken in {LONGEST.days} days, at last: {error}") from error
        raise


def _attachment(file: File, desk: Desk) -> Attachment:
    """Read no sooner than it is sent: what waits for a mail server holds no file in memory."""
    if desk.files is None:
        raise Reject("FILES_URL is not set: there is no file store to attach from")
    try:
        return Attachment(file.name, file.media_type, b"".join(desk.files.read(file)))
    except Gone as error:
        raise Reject(str(error)) from error
