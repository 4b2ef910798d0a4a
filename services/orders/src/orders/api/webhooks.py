"""/v1/webhooks: where a client has events sent."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from mesh import AsyncTx
from orders import examples
from orders.api.operation import Call, Operations, answered
from orders.api.problems import FORBIDDEN_TARGET, TOO_MANY_WEBHOOKS
from orders.api.state import TARGETS
from orders.documents import Document
from orders.domain import EventType, Unknown
from orders.examples import example
from orders.fields import Text, Url
from orders.keys import Scope
from orders.store import deliveries, endpoints
from orders.store.answers import Answer
from orders.usecases import webhooks
from orders.webhooks import Attempt, Delivery, DeliveryState, Endpoint, new_secret

api = Operations()

_KNOWN = {str(each): each for each in EventType}  # a newer build may have stored others


class Wanted(Document, json_schema_extra=example(examples.WANTED)):
    """Where events shall be sent, and which."""

    url: Url
    """It takes a POST, and answers 2xx within 15 seconds."""
    types: list[EventType] = Field(default=[])
    """Events to be sent there; none: all."""
    description: Text | None = None
    """For people: what it is for."""


class Changes(Document, json_schema_extra=examples.of_changes(examples.CHANGES)):
    """What is left out stays as it is."""

    url: Url = ""
    """It takes a POST, and answers 2xx within 15 seconds."""
    types: list[EventType] = Field(default=[])
    """Events to be sent there; none: all."""
    description: Text | None = None
    """For people: what it is for."""
    enabled: bool = Field(default=True, strict=True)
    """Whether anything is sent there."""


class Webhook(Document, json_schema_extra=example(examples.WEBHOOK)):
    """Where events are sent."""

    id: UUID
    """It stays the same."""
    url: str
    """It takes a POST."""
    types: list[EventType]
    """Events that are sent there; none: all."""
    description: str | None
    """For people: what it is for."""
    enabled: bool
    """Whether anything is sent there."""
    failing_since: datetime | None
    """Nothing was taken since then; null: what was sent last was."""
    disabled_why: str | None
    """For people: why nothing is sent there; null: you did it, or nobody."""
    created_at: datetime
    """When it was registered."""

    @classmethod
    def of(cls, endpoint: Endpoint, **more: Any) -> Self:
        return cls.model_construct(
            id=endpoint.id,
            url=endpoint.url,
            types=[known for name in endpoint.types if (known := _KNOWN.get(name))],
            description=endpoint.description,
            enabled=endpoint.enabled,
            failing_since=endpoint.failing_since,
            disabled_why=endpoint.disabled_why,
            created_at=endpoint.created_at,
            **more,
        )


class Secret(Webhook, json_schema_extra=example(examples.SECRET)):
    """Where events are sent, and what they are signed with."""

    secret: str
    """Shown this once: what is sent is signed with it, as Standard Webhooks has it."""


class Webhooks(Document, json_schema_extra=example(examples.WEBHOOKS)):
    """All that an account has."""

    webhooks: list[Webhook]
    """By age."""


class Tried(Document, json_schema_extra=example(examples.TRIED)):
    """An attempt to deliver."""

    at: datetime
    """When it began."""
    milliseconds: int
    """How long it took."""
    status: int | None
    """Of the answer; null: there was none."""
    error: str | None
    """Null: it was taken."""


class Sent(Document, json_schema_extra=example(examples.SENT)):
    """An event on its way to a webhook, or there."""

    id: UUID
    """Of this delivery."""
    event_id: str
    """Of the event: the same at each webhook and in each attempt, as `webhook-id`."""
    type: str
    """What happened."""
    state: DeliveryState
    """How it goes."""
    due_at: datetime | None
    """When it is tried again; null: it is not."""
    attempts: list[Tried]
    """By time."""
    body: str
    """As it is sent."""

    @classmethod
    def of(cls, delivery: Delivery, attempts: list[Attempt]) -> Self:
        return cls(
            id=delivery.id,
            event_id=delivery.event_id,
            type=delivery.type,
            state=delivery.state,
            due_at=delivery.due_at if delivery.state is DeliveryState.PENDING else None,
            attempts=[Tried.model_validate(attempt) for attempt in attempts],
            body=delivery.body,
        )


class Deliveries(Document, json_schema_extra=example(examples.DELIVERIES)):
    """A page of deliveries."""

    deliveries: list[Sent]
    """The newest first."""
    older: str | None
    """Where the next page is; null: there is none."""


class Filter(Document):
    state: DeliveryState | None = None
    """Those that are so."""
    limit: int = Field(default=20, ge=1, le=100)
    """How many at the most."""
    after: UUID | None = None
    """Those that follow this delivery in the list."""


@api.post(
    "/v1/webhooks",
    body=Wanted,
    answer=Secret,
    status=201,
    scope=Scope.WEBHOOKS,
    refuses=(FORBIDDEN_TARGET, TOO_MANY_WEBHOOKS),
)
async def register_webhook(call: Call[Wanted], tx: AsyncTx) -> Answer:
    """Have events sent to a URL, from now on."""
    wanted = call.body
    call.request.app[TARGETS].check(wanted.url)
    endpoint = await webhooks.register(call.key.account, wanted.url, wanted.types, wanted.description, tx)
    shown = Secret.of(endpoint, secret=endpoint.secret)
    return answered(shown, 201, Location=f"/v1/webhooks/{endpoint.id}")


@api.get("/v1/webhooks", answer=Webhooks, scope=Scope.WEBHOOKS)
async def list_webhooks(call: Call[None], tx: AsyncTx) -> Answer:
    """List where events are sent."""
    found = await endpoints.of(tx, call.key.account)
    return answered(Webhooks.model_construct(webhooks=list(map(Webhook.of, found))))


@api.get("/v1/webhooks/{id}", answer=Webhook, scope=Scope.WEBHOOKS)
async def get_webhook(call: Call[None], tx: AsyncTx) -> Answer:
    """Read where events are sent, and how it goes."""
    return answered(Webhook.of(await _known(call, tx)))


@api.patch(
    "/v1/webhooks/{id}", body=Changes, answer=Webhook, scope=Scope.WEBHOOKS, refuses=(FORBIDDEN_TARGET,)
)
async def change_webhook(call: Call[Changes], tx: AsyncTx) -> Answer:
    """Change it, disable it, or enable it again: it goes on where it was, up to 30 days back."""
    wanted = call.body.model_dump(exclude_unset=True)
    if "url" in wanted:
        call.request.app[TARGETS].check(wanted["url"])
    if "types" in wanted:
        wanted["types"] = tuple(wanted["types"])
    endpoint = await webhooks.change(call.key.account, call.named("id", "webhook"), tx, **wanted)
    return answered(Webhook.of(endpoint))


@api.delete("/v1/webhooks/{id}", scope=Scope.WEBHOOKS)
async def remove_webhook(call: Call[None], tx: AsyncTx) -> Answer:
    """Have nothing sent there any more. What is on its way is forgotten."""
    if not await endpoints.remove(tx, call.key.account, call.named("id", "webhook")):
        raise Unknown("webhook")
    return Answer(204, "", {})


@api.post("/v1/webhooks/{id}/secret", answer=Secret, scope=Scope.WEBHOOKS)
async def replace_secret(call: Call[None], tx: AsyncTx) -> Answer:
    """Sign with another secret. For a day the old one signs, too."""
    id = call.named("id", "webhook")
    endpoint = await endpoints.replace_secret(tx, call.key.account, id, new_secret())
    if endpoint is None:
        raise Unknown("webhook")
    return answered(Secret.of(endpoint, secret=endpoint.secret))


@api.post("/v1/webhooks/{id}/test", answer=Sent, status=201, scope=Scope.WEBHOOKS)
async def test_webhook(call: Call[None], tx: AsyncTx) -> Answer:
    """Send an event there that is about nothing: `webhook.test`."""
    return answered(Sent.of(await webhooks.test(await _known(call, tx), tx), []), 201)


@api.get("/v1/webhooks/{id}/deliveries", query=Filter, answer=Deliveries, scope=Scope.WEBHOOKS)
async def list_deliveries(call: Call[Filter], tx: AsyncTx) -> Answer:
    """What was sent there, is on its way, or could not be delivered, with each attempt."""
    endpoint, asked = await _known(call, tx), call.body
    found = await deliveries.page(tx, endpoint.id, asked.state, asked.after, asked.limit + 1)
    page = found[: asked.limit]
    older = str(call.request.rel_url.update_query(after=str(page[-1][0].id))) if page != found else None
    return answered(Deliveries(deliveries=[Sent.of(*each) for each in page], older=older))


@api.post("/v1/webhooks/{id}/deliveries/{delivery}/resend", answer=Sent, scope=Scope.WEBHOOKS)
async def resend_delivery(call: Call[None], tx: AsyncTx) -> Answer:
    """Send one again, with all its attempts before it."""
    endpoint = await _known(call, tx)
    delivery = await webhooks.resend(endpoint, call.named("delivery", "delivery"), tx)
    return answered(Sent.of(delivery, []))


async def _known(call: Call[Any], tx: AsyncTx) -> Endpoint:
    return await webhooks.known(call.key.account, call.named("id", "webhook"), tx)
