"""What others have emails send: ordinary commands, with what matters changed."""

from typing import Any
from uuid import uuid4

from messages import LINES, NOW

from contracts.emails import Action, Recipient, SendBulk, SendNotice, SendReceipt, SendReport, SetPreference
from contracts.files import File

ADA = Recipient(email="ada@example.com", name="Ada Lovelace", locale="en")


def recipients(*names: str) -> tuple[Recipient, ...]:
    return tuple(Recipient(email=f"{name}@example.com", name=name.title(), locale="en") for name in names)


def send_bulk(*names: str, of: int | None = None, **changes: Any) -> SendBulk:
    """A newsletter to these."""
    wanted = SendBulk(
        account="acme",
        campaign_id=uuid4(),
        of=len(names) if of is None else of,
        kind="newsletter",
        subject="New teas",
        paragraphs=("The first flush is in.", "It will not last."),
        action=Action(label="See the teas", url="https://shop.example/teas"),
        recipients=recipients(*names),
    )
    return wanted.model_copy(update=changes)


def send_receipt(**changes: Any) -> SendReceipt:
    """Ada has ordered two teas."""
    wanted = SendReceipt(
        account="acme",
        order_id=uuid4(),
        placed_at=NOW,
        recipient=ADA,
        currency="EUR",
        lines=LINES,
        total=900,
    )
    return wanted.model_copy(update=changes)


def send_notice(**changes: Any) -> SendNotice:
    """Ada's order is on its way."""
    wanted = SendNotice(
        account="acme",
        order_id=uuid4(),
        recipient=ADA,
        what="shipped",
        currency="EUR",
        amount=900,
        carrier="DHL",
        tracking="JD014",
    )
    return wanted.model_copy(update=changes)


def send_report(file: File, **changes: Any) -> SendReport:
    """A report for Ada."""
    wanted = SendReport(
        account="acme",
        report_id=uuid4(),
        recipient=ADA,
        title="Sales of 1 March",
        file=file,
        by="attachment",
    )
    return wanted.model_copy(update=changes)


def said(**changes: Any) -> SetPreference:
    """Ada wants no more newsletters of acme's."""
    wanted = SetPreference(
        account="acme", email="ada@example.com", kind="newsletter", channel="email", wanted=False, said_at=NOW
    )
    return wanted.model_copy(update=changes)
