"""/v1/preferences, /v1/unsubscribe: what people want to be told."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from contracts.emails import Channel, Kind
from contracts.links import Unsubscribe
from mesh import AsyncTx
from orders import examples, fields
from orders.api import forms, people
from orders.api.opening import opened
from orders.api.operation import Call, Operations
from orders.api.state import DATABASE
from orders.documents import Document
from orders.examples import example
from orders.keys import Scope
from orders.store.answers import Answer
from orders.usecases import hearing
from orders.words import Told

api = Operations()

_HTML = ("text/html",)
_UNSUBSCRIBE = people.Form("List-Unsubscribe", "One-Click")
_MISTAKE = people.Form("wanted", "yes", quiet=True)


class Link(Unsubscribe):
    """One whose kind is none would open a page, and then be no command."""

    kind: Kind


class Preference(Document, json_schema_extra=example(examples.PREFERENCE)):
    """What a person wants, or does not."""

    email: fields.Email
    """Whose wish it is."""
    kind: Kind
    """Such as `receipt` or `newsletter`; `marketing`: all that is not about something they did."""
    channel: Channel
    """Where they want to hear of it, or not."""
    wanted: bool = Field(strict=True)
    """Whether they do."""


class Choice(BaseModel, json_schema_extra=example(examples.CHOICE)):
    """The form of the page, or of a mail program (RFC 8058)."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # others may add what they like

    one_click: str = Field(default="", alias="List-Unsubscribe")
    """`One-Click`, as mail programs say it."""
    wanted: Literal["yes", "no"] = "no"
    """`yes`: that was a mistake, the mails are wanted."""


@api.put("/v1/preferences", body=Preference, answer=None, status=202, scope=Scope.PEOPLE)
async def set_preference(call: Call[Preference], tx: AsyncTx) -> Answer:
    """Say what a person wants to hear of you. The latest word holds, also over a link in a mail."""
    await hearing.set_preference(call.key.account, tx, **call.body.model_dump())
    return Answer(202, "", {})


@api.get("/v1/unsubscribe/{token}", answer=None, scope=None, gives=_HTML, transaction=False, for_people=True)
async def get_unsubscribe_page(call: Call[None]) -> web.Response:
    """A page for whoever follows the link in a mail, with a button. To look at it changes nothing.

    In English, or Russian for who asks for it by Accept-Language. What goes wrong is a
    page, too, for who asks for text/html.
    """
    link = await opened(call.request, "unsubscribe", Link)
    _, words = people.language(call.request)
    return _shown(call.request, link, words.ask, _UNSUBSCRIBE)


@api.post(
    "/v1/unsubscribe/{token}",
    body=Choice,
    takes=forms.MEDIA,
    answer=None,
    scope=None,
    gives=_HTML,
    transaction=False,
    for_people=True,
)
async def unsubscribe(call: Call[None]) -> web.Response:
    """Send no more such mails: the page's button, or a mail program's (RFC 8058, one click).

    It may be sent again, and taken back with `wanted=yes`.
    """
    link = await opened(call.request, "unsubscribe", Link)
    wanted = (await forms.read(call.request, Choice)).wanted == "yes"
    async with call.request.app[DATABASE].begin() as tx:
        await hearing.follow(link, tx, wanted=wanted)
    _, words = people.language(call.request)
    if wanted:
        return _shown(call.request, link, words.undone, _UNSUBSCRIBE._replace(quiet=True))
    return _shown(call.request, link, words.done, _MISTAKE)


def _shown(request: web.Request, link: Link, told: Told, form: people.Form) -> web.Response:
    return people.page(request, told, (link.kind, people.masked(link.email)), form)
