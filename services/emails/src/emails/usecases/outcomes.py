"""What became of a mail: recorded, and told to whoever listens."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import UUID

import structlog

from contracts import Message
from contracts.emails import BulkSent, EmailFailed, EmailSent, RecipientSuppressed, ReportSent
from emails import asked
from emails.domain import Letter, Unsent
from emails.smtp import Handed, InDoubt, NotItsTurn
from emails.store import campaigns, mails, people
from mesh import Failure, Reject, Tx, context, outbox

log = structlog.get_logger(__name__)

Why = Literal["refused", "suppressed", "unwanted", "exhausted", "in_doubt"]


class Doubtful(Reject):
    """A mail may have been sent, and is of a kind of which none is better than two."""


class TooLate(Reject):
    """No mail server took it in all the time that a mail waits."""


class Bounced(NamedTuple):
    """There is no such mailbox."""

    said: str
    """By the mail server, without the address."""


def handed(letter: Letter, tx: Tx, outcome: Handed | Bounced) -> None:
    """A mail server has spoken."""
    if isinstance(outcome, Bounced):
        _bounced(letter, outcome, tx)
        return
    mails.sent(tx, letter.id, outcome.at, outcome.provider)
    if letter.order_id:
        outbox.put(tx, _sent(letter, letter.order_id, outcome.at))
    if letter.report_id:
        outbox.put(tx, ReportSent(mail_id=letter.id, report_id=letter.report_id, sent_at=outcome.at))
    _count(letter, tx, sent=True)


def doubted(tx: Tx) -> None:
    """A worker died that may have sent it. Raises Doubtful: a dead letter, for somebody to decide."""
    raise Doubtful("a worker died that may have sent it; replay it if it shall be sent once more")


def unsent(letter: Letter, why: Unsent, tx: Tx) -> None:
    """Nobody is written to where there is no mailbox, or no wish."""
    mails.keep(tx, letter, why)
    log.info("mail.unsent", kind=letter.kind, why=why)
    _failed(letter, why, tx)


def failed(message: Message, tx: Tx, failure: Failure) -> None:
    """A message was not handled: its mail waits for another try, or is given up."""
    letter = asked.letter(message, context.message_id())
    if failure.again:
        # A campaign may take longer than a mail waits for mail servers, and nobody was asked to take it.
        afresh = isinstance(failure.cause, NotItsTurn)
        mails.wait(tx, letter.id, doubtful=isinstance(failure.cause, InDoubt), afresh=afresh)
        return
    why = _why(failure.cause)
    mails.keep(tx, letter, "in_doubt" if why == "in_doubt" else "failed")
    _failed(letter, why, tx)


def forgotten(letter: Letter, tx: Tx) -> None:
    """A message was taken away before it was handled: nobody is to be written to."""
    mails.keep(tx, replace(letter, to_address=""), "unwanted")
    _failed(letter, "unwanted", tx)


def _why(cause: Exception | None) -> Why:
    if isinstance(cause, Doubtful | InDoubt):
        return "in_doubt"
    return "refused" if isinstance(cause, Reject) and not isinstance(cause, TooLate) else "exhausted"


def _bounced(letter: Letter, bounced: Bounced, tx: Tx) -> None:
    now = datetime.now(UTC)
    if letter.campaign_id:
        campaigns.lock(tx)  # before the rows that others wait for with it in their hands
    mails.keep(tx, letter, "failed")
    if people.suppress(tx, letter.to_address, bounced.said, now):
        log.info("recipient.suppressed", kind=letter.kind, said=bounced.said)
        outbox.put(tx, RecipientSuppressed(email=letter.to_address, suppressed_at=now, mail_id=letter.id))
    _failed(letter, "refused", tx)


def _failed(letter: Letter, why: Why, tx: Tx) -> None:
    """Each mail of a campaign is counted, and not told: of 50,000 nobody wants to hear one by one."""
    if letter.campaign_id:
        _count(letter, tx, sent=False)
        return
    outbox.put(
        tx,
        EmailFailed(
            mail_id=letter.id,
            kind=letter.kind,
            order_id=letter.order_id,
            report_id=letter.report_id,
            failed_at=datetime.now(UTC),
            reason=why,
        ),
    )


def _count(letter: Letter, tx: Tx, *, sent: bool) -> None:
    if letter.campaign_id and campaigns.settle(tx, letter.id, sent=sent):
        _ended(letter.campaign_id, tx)


def _ended(id: UUID, tx: Tx) -> None:
    sent, failed, unwanted = campaigns.counted(tx, id)
    log.info("campaign.ended", campaign_id=str(id), sent=sent, failed=failed, unwanted=unwanted)
    ended = datetime.now(UTC)
    outbox.put(tx, BulkSent(campaign_id=id, ended_at=ended, sent=sent, failed=failed, unwanted=unwanted))


def _sent(letter: Letter, order_id: UUID, at: datetime) -> EmailSent:
    return EmailSent(mail_id=letter.id, kind=letter.kind, order_id=order_id, sent_at=at)
