"""An operation: all that a route has to say of itself, and the one way from a request to its answer.

    @api.post("/v1/orders/{id}/ship", body=Shipment, answer=Order)
    async def ship(call: Call[Shipment], tx: AsyncTx) -> Answer:

What it says is held here (key, scope, document, query, a second time) and told to clients in the API's
description. Everything else is the function's: one call, and what to answer.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from orders.api import problems
from orders.api.asking import claim, once
from orders.api.bodies import document, refuse_others, text
from orders.api.conditions import versions
from orders.api.people import FOR_PEOPLE
from orders.api.problems import BAD_KEY, NO_JSON_SAID, NOT_JSON, TOO_SLOW, Kind, invalid
from orders.api.state import DATABASE, KEYRING
from orders.documents import Shown
from orders.domain import Target, Unknown
from orders.keys import Key, Scope
from orders.store.answers import Answer, Claim

EVENTS = "text/event-stream"

Body = TypeVar("Body")
Function = Callable[..., Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Call(Generic[Body]):
    """One request, understood."""

    request: web.Request
    opener: Key | None
    """None: the operation needs no key."""
    body: Body
    """The document, or what the query says; None where neither is expected."""
    claim: Claim | None
    """Where the client may ask again."""

    @property
    def key(self) -> Key:
        """Of an operation that needs one."""
        assert self.opener
        return self.opener

    @property
    def target(self) -> Target:
        """The order that is meant. Raises Unknown for what can be none."""
        return self.meant("order")

    def meant(self, what: str) -> Target:
        """The one with the id in the path, in the versions of If-Match. Raises Unknown for what is no id."""
        wanted = versions(self.request.headers.get("If-Match"))
        return Target(self.key.account, self.named("id", what), wanted)

    def named(self, part: str, what: str) -> UUID:
        """The id in that part of the path. Raises Unknown for what can be none."""
        try:
            return UUID(self.request.match_info[part])
        except ValueError:
            raise Unknown(what) from None


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    function: Function
    scope: Scope | None
    """None: it needs no key, and counts by itself who asks."""
    answer: type[BaseModel] | None
    """None: there is nothing to say."""
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    transaction: bool = True
    """Whether the function gets one; of a POST, the answer is kept in it for who asks again. A GET reads
    without: each of its statements is one by itself."""
    tagged: bool = False
    """Whether it answers with a version as ETag."""
    refuses: tuple[Kind, ...] = ()
    """What else can go wrong."""
    takes: tuple[str, ...] = ()
    """Media types of a document that the function reads by itself; a `body` says what is in it."""
    gives: tuple[str, ...] = ()
    """Media types of a file that it answers with."""
    media: str = "application/json"
    """What it answers in; of some, each piece is an `answer`."""
    for_people: bool = False
    """Whether they come to it from a link: then errors, too, are pages for who asks for such."""

    @property
    def repeatable(self) -> bool:
        """Whether it is done once for each Idempotency-Key: of an account, whose it is."""
        return self.method == "POST" and self.scope is not None

    @property
    def versioned(self) -> bool:
        """Whether a version may be asked for of what it changes."""
        return problems.STALE in self.refuses

    def route(self) -> web.RouteDef:
        """With HEAD, of what ends."""
        how = {"allow_head": self.media != EVENTS} if self.method == "GET" else {}
        return web.route(self.method, self.path, self.handle, **how)

    def problems(self) -> Iterator[Kind]:
        """What can go wrong."""
        yield from problems.EVERYWHERE
        if self.scope:
            yield from problems.WITH_KEY
        if "{" in self.path:
            yield problems.NO_LINK if "{token}" in self.path else problems.NOT_FOUND
        if self.query:
            yield problems.INVALID
        if self.body:
            yield from (problems.TOO_LARGE, NO_JSON_SAID, problems.INVALID)
        if self.body and not self.takes:
            yield NOT_JSON
        if self.takes:
            yield from (TOO_SLOW, NO_JSON_SAID)
        if self.repeatable:
            yield from (BAD_KEY, problems.IN_WORK, problems.OTHER_REQUEST)
        yield from self.refuses

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Raises Problem, domain.Refused, and what a database raises."""
        request[FOR_PEOPLE] = self.for_people
        key = await request.app[KEYRING].admit(request, self.scope) if self.scope else None
        call = await self._call(request, key)
        answer = await (self._with_database(call) if self.transaction else self.function(call))
        return _response(answer) if isinstance(answer, Answer) else answer

    async def _with_database(self, call: Call[Any]) -> Answer | web.StreamResponse:
        database = call.request.app[DATABASE]
        if self.method != "GET":
            return await once(database, call.claim, partial(self.function, call))
        async with database.read() as tx:
            return await self.function(call, tx)

    async def _call(self, request: web.Request, key: Key | None) -> Call[Any]:
        if self.query:
            return Call(request, key, _asked(self.query, _query(request)), None)
        if self.takes:
            refuse_others(request, self.takes)
        body = document(self.body, await text(request)) if self.body and not self.takes else None
        return Call(request, key, body, claim(request, key, body) if key and self.repeatable else None)


class Operations:
    """A table of them."""

    def __init__(self, *parts: "Operations") -> None:
        self.all: list[Operation] = [operation for part in parts for operation in part.all]

    def get(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        return self._add("GET", path, **{"scope": Scope.READ} | rest)

    def post(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        return self._add("POST", path, **{"scope": Scope.WRITE} | rest)

    def change(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        """A POST that changes one order, and answers with it."""
        refuses = (problems.IMPOSSIBLE, problems.TOO_MUCH, problems.STALE)
        return self.post(path, tagged=True, refuses=refuses, **rest)

    def stream(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        """A GET that goes on until somebody ends it."""
        refuses = (problems.EVENTS_GONE, problems.TOO_MANY_STREAMS)
        return self.get(path, transaction=False, media=EVENTS, refuses=refuses, **rest)

    def routes(self) -> list[web.RouteDef]:
        return [each.route() for each in self.all]

    def put(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        return self._add("PUT", path, **rest)

    def patch(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        return self._add("PATCH", path, **rest)

    def delete(self, path: str, **rest: Any) -> Callable[[Function], Function]:
        return self._add("DELETE", path, **{"answer": None, "status": 204} | rest)

    def _add(self, method: str, path: str, **rest: Any) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            self.all.append(Operation(method, path, function, **rest))
            return function

        return register


def answered(document: BaseModel | Shown, status: int = 200, **headers: str) -> Answer:
    return Answer(status, to_json(document).decode(), headers)


def _response(answer: Answer) -> web.Response:
    headers = dict(answer.headers) | ({"Idempotent-Replayed": "true"} if answer.again else {})
    if not answer.body:
        return web.Response(status=answer.status, headers=headers)
    return web.Response(
        status=answer.status, text=answer.body, content_type="application/json", headers=headers
    )


def _asked(model: type[BaseModel], query: dict[str, Any]) -> BaseModel:
    try:
        return model.model_validate(query)
    except ValidationError as error:
        raise invalid(error) from None


def _query(request: web.Request) -> dict[str, Any]:
    """By name: the value, or a list where there are several."""
    return {
        name: found if len(found := request.query.getall(name)) > 1 else found[0] for name in request.query
    }
