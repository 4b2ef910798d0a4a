"""What people want to hear, and where: told to emails, which obeys."""

from datetime import UTC, datetime

from contracts.emails import AddPushSubscription, Channel, RemovePushSubscription, SetPreference
from contracts.links import Unsubscribe
from mesh import AsyncTx, outbox


async def set_preference(
    account: str, tx: AsyncTx, *, email: str, kind: str, channel: Channel, wanted: bool
) -> None:
    said = SetPreference(
        account=account, email=email, kind=kind, channel=channel, wanted=wanted, said_at=_now()
    )
    await outbox.put(tx, said)


async def follow(link: Unsubscribe, tx: AsyncTx, *, wanted: bool) -> None:
    """A link in a mail, or that it was a mistake."""
    said = SetPreference(
        account=link.account, email=link.email, kind=link.kind, channel="email", wanted=wanted, said_at=_now()
    )
    await outbox.put(tx, said)


async def add_browser(
    account: str, tx: AsyncTx, *, email: str, endpoint: str, p256dh: str, auth: str
) -> None:
    wish = AddPushSubscription(
        account=account, email=email, endpoint=endpoint, p256dh=p256dh, auth=auth, added_at=_now()
    )
    await outbox.put(tx, wish)


async def remove_browser(account: str, endpoint: str, tx: AsyncTx) -> None:
    await outbox.put(tx, RemovePushSubscription(account=account, endpoint=endpoint, removed_at=_now()))


def _now() -> datetime:
    return datetime.now(UTC)
