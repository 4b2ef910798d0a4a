"""Campaigns: many mails of one kind. Each is a message of its own: sent once, tried again, refused alone."""

from functools import partial
from uuid import UUID, uuid5

from contracts import Envelope
from contracts.emails import Recipient, SendBulk, SendBulkMail
from contracts.links import Unsubscribe
from emails.asked import letter
from emails.desk import Desk
from emails.domain import TRANSACTIONAL, person
from emails.store import campaigns
from emails.usecases.letters import Sending, send
from mesh import Reject, Tx, outbox

LANE = "bulk"


def send_bulk(wanted: SendBulk, id: UUID, tx: Tx) -> None:
    """Take a batch: what it says is kept once, and each recipient's mail is a message in its own lane."""
    if wanted.kind in TRANSACTIONAL:
        raise Reject(
            f"a campaign is no {wanted.kind}: that kind answers what somebody did, and few may decline it"
        )
    campaigns.add(tx, id, wanted)
    outbox.put(tx, *(_one(wanted, id, to) for to in wanted.recipients), lane=LANE)


def send_bulk_mail(wanted: SendBulkMail, id: UUID, tx: Tx, desk: Desk) -> Sending | None:
    """One mail of a batch, with the link by which its recipient gets no more of them."""
    batch = campaigns.batch(tx, wanted.batch_id)
    if batch is None:
        raise Reject(f"there is no batch {wanted.batch_id}: what it was to say is not known")
    to = wanted.recipient
    leave = Unsubscribe(account=wanted.account, email=to.email, kind=wanted.kind)
    link = desk.links.url("unsubscribe", leave)
    write = partial(desk.templates.bulk, batch, to, link)
    return send(letter(wanted, id), write, tx, desk, unsubscribe=link)


def _one(wanted: SendBulk, id: UUID, to: Recipient) -> Envelope:
    """Its id is of the campaign and the person: whoever is named twice, or in a batch that is put again, is
    written to once, as any message that comes again."""
    mail = SendBulkMail(
        account=wanted.account,
        campaign_id=wanted.campaign_id,
        batch_id=id,
        kind=wanted.kind,
        recipient=to,
    )
    return outbox.seal(mail, uuid5(wanted.campaign_id, person(to.email).hex()))
