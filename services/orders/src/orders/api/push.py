"""/v1/push: browsers that are told of news while nobody looks at your page (Web Push)."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from mesh import AsyncTx
from orders import examples, fields, push
from orders.api.operation import Call, Operations, answered
from orders.api.problems import NO_PUSH, PUSH_TARGET
from orders.api.state import LIMITS, TARGETS, VAPID
from orders.documents import Document
from orders.examples import example
from orders.keys import Scope
from orders.store.answers import Answer
from orders.targets import SAFE, malformed
from orders.usecases import hearing

api = Operations()


def _written(endpoint: str) -> str:
    if why := malformed(endpoint):
        raise ValueError(why)
    return endpoint


Endpoint = Annotated[
    str,
    StringConstraints(max_length=push.ENDPOINT, pattern=SAFE),
    AfterValidator(_written),
    Field(json_schema_extra={"format": "uri"}),
]
Point = Annotated[
    str,
    StringConstraints(pattern=push.POINT),
    AfterValidator(push.checked_key),
    Field(json_schema_extra={"format": "p256"}),
]


class PushKey(Document, json_schema_extra=example(examples.PUSH_KEY)):
    """What a browser needs to subscribe."""

    public_key: str
    """As `applicationServerKey` of `PushManager.subscribe`: a point of P-256, in URL-safe base64."""


class BrowserKeys(Document, json_schema_extra=example(examples.BROWSER_KEYS)):
    """What its pushes are encrypted with: in URL-safe base64 without padding, as the browser says it."""

    p256dh: Point
    """65 bytes: a point of P-256 that is not compressed."""
    auth: Annotated[str, StringConstraints(pattern=push.AUTH)]
    """16 bytes."""


class NewBrowser(Document, json_schema_extra=example(examples.NEW_BROWSER)):
    """A `PushSubscription` of a browser, and whose it is."""

    email: fields.Email
    """Of the person who uses it."""
    endpoint: Endpoint
    """Where its push service takes pushes."""
    keys: BrowserKeys
    """What they are encrypted with."""


class OldBrowser(Document, json_schema_extra=example(examples.OLD_BROWSER)):
    """A browser that wants to hear nothing more."""

    endpoint: Endpoint
    """Where its push service takes pushes."""


@api.get("/v1/push/key", answer=PushKey, scope=None, transaction=False, refuses=(NO_PUSH,))
async def get_push_key(call: Call[None]) -> Answer:
    """What a page subscribes a browser with. It is no secret."""
    await call.request.app[LIMITS].count_address(call.request)
    if VAPID not in call.request.app:
        raise NO_PUSH.problem()
    return answered(PushKey(public_key=call.request.app[VAPID]))


@api.post(
    "/v1/push/subscriptions",
    body=NewBrowser,
    answer=None,
    status=202,
    scope=Scope.PEOPLE,
    refuses=(PUSH_TARGET,),
)
async def add_push_subscription(call: Call[NewBrowser], tx: AsyncTx) -> Answer:
    """Have a browser told what its user wants to hear. The same again changes nothing."""
    browser = call.body
    if why := call.request.app[TARGETS].fault(browser.endpoint):
        raise PUSH_TARGET.problem(f"Nothing is pushed there: {why}.")
    await hearing.add_browser(
        call.key.account, tx, email=browser.email, endpoint=browser.endpoint, **browser.keys.model_dump()
    )
    return Answer(202, "", {})


@api.delete("/v1/push/subscriptions", body=OldBrowser, status=202, scope=Scope.PEOPLE)
async def remove_push_subscription(call: Call[OldBrowser], tx: AsyncTx) -> Answer:
    """Push nothing more to a browser. It is well if nothing was pushed there."""
    await hearing.remove_browser(call.key.account, call.body.endpoint, tx)
    return Answer(202, "", {})
