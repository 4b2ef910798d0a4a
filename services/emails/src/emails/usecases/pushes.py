"""What emails does for browsers. Each function gets a transaction and leaves the commit to its caller."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from math import ceil
from uuid import UUID, uuid5

import structlog

from contracts.emails import (
    AddPushSubscription,
    DeliverPush,
    PushSent,
    RemovePushSubscription,
    SendNotice,
    SendPush,
)
from emails.asked import KINDS
from emails.push import keys, notification
from emails.push.hosts import Hosts
from emails.push.pusher import Pusher, SubscriptionGone
from emails.push.subscription import Subscription, browser, id_of
from emails.store import people, subscriptions
from mesh import Effect, Reject, Tx, outbox

log = structlog.get_logger(__name__)

_NEWS_LASTS = 24 * 3600  # seconds for which a push service keeps news of an order
_GRACE = 60.0  # seconds: what is for now or never may still take this long from us


Pushing = Effect[datetime | None]
"""When it was taken; None: nobody is there any more."""


def add_subscription(wanted: AddPushSubscription, tx: Tx, hosts: Hosts) -> None:
    """A browser hears of a person's concerns from now on."""
    try:
        hosts.origin(wanted.endpoint)
        keys.refuse_unusable(wanted.p256dh, wanted.auth)
    except ValueError as error:  # a client's fault, for which no operator has a remedy
        log.warning("subscription.refused", account=wanted.account, why=str(error))
        return
    email = wanted.email.lower()
    new = Subscription(
        id=id_of(wanted.account, email, wanted.endpoint),
        account=wanted.account,
        email=email,
        endpoint=wanted.endpoint,
        p256dh=wanted.p256dh,
        auth=wanted.auth,
        added_at=wanted.added_at,
    )
    subscriptions.add(tx, new)


def remove_subscription(wanted: RemovePushSubscription, tx: Tx) -> None:
    subscriptions.remove(tx, wanted.account, browser(wanted.endpoint), wanted.removed_at)


def notify(tx: Tx, id: UUID, notice: SendNotice, write: Callable[[SendNotice], tuple[str, str]]) -> None:
    """Have a notice of an order pushed too, where its customer subscribed.

    `write`: its title and body. `id`: of the message that asks for the notice. However often that is handled,
    it is one push.
    """
    account, email = notice.account, notice.recipient.email
    if account is None or not subscriptions.of_person(tx, account, email):
        return
    title, body = write(notice)
    wanted = SendPush(
        account=account,
        recipient=notice.recipient,
        kind=KINDS[notice.what],
        title=title,
        body=body,
        url=None,
        tag=f"order-{notice.order_id}",  # its next news takes the place of this
        ttl=_NEWS_LASTS,
        urgency="normal",
    )
    outbox.put(tx, outbox.seal(wanted, uuid5(id, "push")))


def send(wanted: SendPush, id: UUID, tx: Tx) -> None:
    """One command for each browser, so that each push is an effect of its own, done once."""
    try:
        notification.refuse_unusable(wanted.title, wanted.url, wanted.tag, wanted.ttl)
    except ValueError as error:
        raise Reject(str(error)) from None
    account, email = wanted.account, wanted.recipient.email
    if account is None or not people.wants(tx, account, email, wanted.kind, "push"):
        return
    lane = "bulk" if wanted.urgency in ("very-low", "low") else None  # what is not urgent goes after the rest
    said = wanted.model_dump(include={"kind", "title", "body", "url", "tag", "ttl", "urgency"})
    for subscription_id in subscriptions.of_person(tx, account, email):
        outbox.put(tx, DeliverPush(push_id=id, subscription_id=subscription_id, **said), lane=lane)


def deliver(wanted: DeliverPush, sent_at: datetime, tx: Tx, pusher: Pusher) -> Pushing | None:
    """Pushing is the effect; announcing it, or removing the browser that is no more, is what follows.

    In doubt it is pushed again: with the same tag, it takes its own place on the screen.
    """
    to = subscriptions.find(tx, wanted.subscription_id)
    if to is None:
        return None
    left = wanted.ttl - (datetime.now(UTC) - sent_at).total_seconds()
    if left < -_GRACE:
        log.info("push.expired", push_id=str(wanted.push_id), subscription_id=str(to.id))
        return None
    ttl = max(0, min(wanted.ttl, ceil(left)))
    return Effect(perform=partial(_push, wanted, to, ttl, pusher), then=partial(_settle, wanted, to))


def _push(wanted: DeliverPush, to: Subscription, ttl: int, pusher: Pusher) -> datetime | None:
    """When it was taken. None: nobody is there any more."""
    tag = wanted.tag or str(wanted.push_id)
    try:
        payload = notification.written(wanted.title, wanted.body, wanted.url, tag)
    except ValueError as error:
        raise Reject(str(error)) from None
    try:
        return pusher.send(to, payload, ttl=ttl, urgency=wanted.urgency, topic=notification.topic(tag))
    except SubscriptionGone as gone:
        log.info("push.gone", subscription_id=str(to.id), said=str(gone))
        return None


def _settle(wanted: DeliverPush, to: Subscription, tx: Tx, sent_at: datetime | None) -> None:
    if sent_at is None:
        subscriptions.remove(tx, to.account, to.browser, to.added_at)
        return
    done = PushSent(push_id=wanted.push_id, subscription_id=to.id, kind=wanted.kind, sent_at=sent_at)
    outbox.put(tx, done)
