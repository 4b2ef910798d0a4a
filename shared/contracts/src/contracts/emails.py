"""What emails obeys and announces."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.files import File
from contracts.message import Command, Currency, Email, Event, Value
from contracts.orders import Line
from contracts.registry import contract

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["receipt"])]
"""What a notification is about, such as receipt or newsletter: what a person wants is said by kind."""
Channel = Literal["email", "push"]


class Recipient(Value):
    """A person who is written to."""

    email: Email = Field(repr=False)  # personal: not in logs or task reprs
    name: str = Field(repr=False)
    locale: str
    """A BCP 47 tag, such as en or pt-BR."""


class Action(Value):
    """What a reader may want to do: a button."""

    label: str
    url: str


@contract("emails.send_receipt", version=1)
class SendReceiptV1(Command):
    """Somebody has ordered, and is to have it in writing."""

    account: str | None
    """Whose customer, among those who sell. Null: nobody's."""
    order_id: UUID
    placed_at: AwareDatetime
    recipient: Recipient
    currency: Currency
    lines: tuple[Line, ...]
    total: int
    """In minor units of the currency."""


@contract("emails.send_notice", version=1)
class SendNoticeV1(Command):
    """Somebody is to know what became of an order."""

    account: str | None
    """Whose customer, among those who sell. Null: nobody's."""
    order_id: UUID
    recipient: Recipient
    what: Literal["paid", "shipped", "delivered", "cancelled", "expired", "refunded", "noted"]
    currency: Currency
    amount: int
    """What it is about, in minor units of the currency: what was paid, refunded, or not paid in time."""
    carrier: str | None = None
    tracking: str | None = None
    """The carrier's number for the parcel."""
    text: str | None = Field(default=None, repr=False)  # whatever people write
    """A reason, or the note itself."""


@contract("emails.send_report", version=1)
class SendReportV1(Command):
    """Somebody gets a report that lies in the file store."""

    account: str | None
    """Whose figures."""
    report_id: UUID
    recipient: Recipient
    title: str
    """In the recipient's language."""
    file: File
    by: Literal["attachment", "link"]
    """What is too large for a mail goes by link all the same."""


@contract("emails.send_bulk", version=1, lanes=("bulk",))
class SendBulkV1(Command):
    """Many are written to: this is one batch of them. Whoever wants to reach more sends several."""

    account: str | None
    campaign_id: UUID
    """What the batches belong to together."""
    of: int
    """People in all its batches together, each counted once."""
    kind: Kind
    subject: str
    paragraphs: tuple[str, ...]
    """Plain text, in the recipients' language: one batch for each."""
    action: Action | None
    recipients: tuple[Recipient, ...]


@contract("emails.send_bulk_mail", version=1, lanes=("bulk",))
class SendBulkMailV1(Command):
    """One mail of a batch."""

    account: str | None
    campaign_id: UUID
    batch_id: UUID
    kind: Kind
    recipient: Recipient


@contract("emails.send_push", version=1, lanes=("bulk",))
class SendPushV1(Command):
    """Somebody is told on every browser in which they asked for it."""

    account: str | None
    """Whose customer: who subscribed at another's page hears nothing of it."""
    recipient: Recipient
    kind: Kind
    title: str = Field(repr=False)
    body: str = Field(repr=False)
    url: str | None
    """What a click on it opens."""
    tag: str | None
    """A later one with the same tag takes its place on the screen."""
    ttl: int
    """Seconds for which the push service keeps it for a browser that is off."""
    urgency: Literal["very-low", "low", "normal", "high"]


@contract("emails.deliver_push", version=1, lanes=("bulk",))
class DeliverPushV1(Command):
    """One push to one browser."""

    push_id: UUID
    """Of the push that is the same on all of a person's browsers."""
    subscription_id: UUID
    kind: Kind
    title: str = Field(repr=False)
    body: str = Field(repr=False)
    url: str | None
    tag: str | None
    ttl: int
    urgency: Literal["very-low", "low", "normal", "high"]


@contract("emails.add_push_subscription", version=1)
class AddPushSubscriptionV1(Command):
    """A browser wants to hear of what concerns a person."""

    account: str
    email: Email = Field(repr=False)
    endpoint: str = Field(repr=False)
    """The URL of its push service; whoever knows it and the keys can write to that browser."""
    p256dh: str = Field(repr=False)
    auth: str = Field(repr=False)
    """Its keys (RFC 8291), in URL-safe base64."""
    added_at: AwareDatetime


@contract("emails.remove_push_subscription", version=1)
class RemovePushSubscriptionV1(Command):
    """That browser wants to hear nothing more."""

    account: str
    endpoint: str = Field(repr=False)
    removed_at: AwareDatetime
    """What was added later stays."""


@contract("emails.set_preference", version=1)
class SetPreferenceV1(Command):
    """A person said what they want, and on which channel."""

    account: str | None
    email: Email = Field(repr=False)
    kind: Kind
    """Or `marketing`: all that is not about something they did."""
    channel: Channel
    wanted: bool
    said_at: AwareDatetime
    """The latest word holds, in whatever order they come."""


@contract("emails.email_sent", version=1)
class EmailSentV1(Event):
    """A mail server took a mail about an order over."""

    mail_id: UUID
    kind: str
    """Which mail it is, such as receipt."""
    order_id: UUID
    sent_at: AwareDatetime


@contract("emails.report_sent", version=1)
class ReportSentV1(Event):
    """A mail server took a mail with a report, or the link to it, over."""

    mail_id: UUID
    report_id: UUID
    sent_at: AwareDatetime


@contract("emails.email_failed", version=1)
class EmailFailedV1(Event):
    """A mail will not arrive. Of a campaign's mails `emails.bulk_sent` says how many."""

    mail_id: UUID
    kind: Kind
    order_id: UUID | None
    report_id: UUID | None
    """What it was about, if it was one of these."""
    failed_at: AwareDatetime
    reason: Literal["refused", "suppressed", "unwanted", "exhausted", "in_doubt"]
    """A server refused it for good; the address is on the suppression list; its recipient does not want such
    mails; every attempt failed; or it may have been sent, and is not sent again."""


@contract("emails.recipient_suppressed", version=1)
class RecipientSuppressedV1(Event):
    """A mailbox does not exist: nothing more is sent there."""

    email: Email = Field(repr=False)
    suppressed_at: AwareDatetime
    mail_id: UUID | None
    """Whose refusal told it. Null: an operator did."""


@contract("emails.bulk_sent", version=1)
class BulkSentV1(Event):
    """Each mail of a campaign has met its end."""

    campaign_id: UUID
    ended_at: AwareDatetime
    sent: int
    failed: int
    unwanted: int
    """Not sent, because its recipient does not want such mails."""


@contract("emails.push_sent", version=1)
class PushSentV1(Event):
    """A push service took a push over."""

    push_id: UUID
    subscription_id: UUID
    kind: str
    sent_at: AwareDatetime


AddPushSubscription = AddPushSubscriptionV1
BulkSent = BulkSentV1
DeliverPush = DeliverPushV1
EmailFailed = EmailFailedV1
EmailSent = EmailSentV1
PushSent = PushSentV1
RecipientSuppressed = RecipientSuppressedV1
ReportSent = ReportSentV1
RemovePushSubscription = RemovePushSubscriptionV1
SendBulk = SendBulkV1
SendBulkMail = SendBulkMailV1
SendNotice = SendNoticeV1
SendPush = SendPushV1
SendReceipt = SendReceiptV1
SendReport = SendReportV1
SetPreference = SetPreferenceV1
