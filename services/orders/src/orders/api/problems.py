"""RFC 9457: every error is `application/problem+json`, of a kind that stays, and says what to do."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from mesh import MeshError, Unavailable
from mesh.errors import Gone, TooLarge
from orders.domain import Impossible, Refused, Stale, TooMuch, Unknown
from orders.jobs import Ended, NotMade
from orders.reading import faults
from orders.schedules import NeverDue, TooManySchedules
from orders.store.answers import InWork, OtherRequest
from orders.targets import Forbidden
from orders.webhooks import TooMany


class Problem(Exception):
    """An answer that is an error. Raised by handlers, turned into a response by the middleware."""

    def __init__(self, status: int, document: dict[str, Any], headers: dict[str, str]) -> None:
        super().__init__(document["title"])
        self.status = status
        self.document = document
        self.headers = headers


@dataclass(frozen=True)
class Kind:
    """What can go wrong in one way."""

    name: str
    status: int
    title: str
    more: dict[str, Any] = field(default_factory=dict)
    """What it says beside that, by example."""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """It stays the same for ever."""
        return f"/problems/{self.name}"

    def problem(self, title: str = "", /, **more: Any) -> Problem:
        """`title`, where there is more to say than always."""
        return Problem(self.status, self._document(title or self.title, more), self.headers)

    def example(self) -> dict[str, Any]:
        return self._document(self.title, self.more)

    def _document(self, title: str, more: dict[str, Any]) -> dict[str, Any]:
        return {"type": self.type, "title": title, "status": self.status, **more}


_SOON = {"Retry-After": "1"}
_WAYS = {"pay": "paid", "cancel": "cancelled", "expire": "expired"}
_ERRORS = [{"pointer": "/lines/0/quantity", "detail": "Input should be greater than or equal to 1"}]

NOT_JSON = Kind("not-json", 400, "The body is not JSON.")
MALFORMED = Kind("malformed", 400, "This is no HTTP request, or ends too early.")
BAD_KEY = Kind("idempotency-key", 400, "An Idempotency-Key is 1 to 255 printable ASCII characters.")
UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "A key is needed, as `Authorization: Bearer mw_…`; what came opens nothing.",
    headers={"WWW-Authenticate": "Bearer"},
)
FORBIDDEN = Kind("forbidden", 403, "This key is not for that.", {"scope": "orders:write"})
NOT_FOUND = Kind("not-found", 404, "There is no such order.")
NO_LINK = Kind(
    "no-link", 404, "This link opens nothing: it is not whole, is for something else, or has had its time."
)
NO_PUSH = Kind("no-push", 404, "Nothing is pushed from here.")
TOO_SLOW = Kind("too-slow", 408, "The request did not come in time.")
IMPOSSIBLE = Kind(
    "impossible", 409, "An order that is placed cannot ship.", {"order_status": "placed", "possible": _WAYS}
)
TOO_MUCH = Kind("too-much", 409, "That is more than is left to be refunded.", {"left": 600})
TOO_MANY_WEBHOOKS = Kind("too-many-webhooks", 409, "An account has 20 endpoints at the most.")
TOO_MANY_SCHEDULES = Kind("too-many-schedules", 409, "An account has 50 schedules at the most.")
JOB_ENDED = Kind("job-ended", 409, "The job has ended: SUCCESS.", {"state": "SUCCESS"})
NOT_MADE = Kind("not-made", 409, "There is no file: the report's job is STARTED.", {"state": "STARTED"})
IN_WORK = Kind("in-work", 409, "The request with this key is being worked on.", headers=_SOON)
EVENTS_GONE = Kind("events-gone", 410, "What came behind Last-Event-ID is gone: read the orders anew.")
FILE_GONE = Kind("file-gone", 410, "The file is gone: have the report made anew.")
STALE = Kind("stale", 412, "The order has changed since you read it.", {"version": 3})
TOO_LARGE = Kind("too-large", 413, "The order is too large: its lines come to more than 64 KiB.")
IMPORT_TOO_LARGE = Kind("import-too-large", 413, "An import has 100,000 orders at the most.")
NO_JSON_SAID = Kind("unsupported-media-type", 415, "Documents are application/json, in UTF-8.")
INVALID = Kind("invalid", 422, "The document does not fit.", {"errors": _ERRORS})
NO_TABLE = Kind("no-table", 422, "Line 1: The first line names the columns; it lacks sku.")
PUSH_TARGET = Kind("push-target", 422, "Nothing is pushed there: 10.0.0.1 is no public address.")
FORBIDDEN_TARGET = Kind("webhook-target", 422, "Webhooks do not go there: it has to begin with https://.")
NEVER_DUE = Kind("never-due", 422, "'Europe/Berling' is no time zone: there are such as UTC, Europe/Berlin.")
OTHER_REQUEST = Kind("other-request", 422, "This key was used for another request.")
TOO_MANY_STREAMS = Kind(
    "too-many-streams", 429, "Your account follows events by a hundred connections already.", headers=_SOON
)
EXPECTATION_FAILED = Kind("expectation-failed", 417, "Nothing can be expected here but 100-continue.")
LIMITED = Kind(
    "quota-exceeded",
    429,
    "These are more requests than the limit allows.",
    {"violated-policies": ["key"]},
    headers=_SOON,
)
HEAD_TOO_LARGE = Kind("head-too-large", 431, "The request's head is too large: 8 KB a line, 100 headers.")
INTERNAL = Kind("internal", 500, "This is our fault. It is logged under the request's id.")
NO_REPORTS = Kind("no-reports", 501, "No reports are made here.")
STOPPED = Kind("stopping", 503, "This process stops: another one takes your request.", headers=_SOON)
UNAVAILABLE = Kind("unavailable", 503, "The database is away. Try again.", headers=_SOON)

EVERYWHERE = (MALFORMED, TOO_SLOW, EXPECTATION_FAILED, LIMITED, HEAD_TOO_LARGE, INTERNAL, UNAVAILABLE)
"""What can go wrong with any request."""
WITH_KEY = (UNAUTHORIZED, FORBIDDEN)
"""And with one that needs a key."""

CATALOG = [kind for kind in list(globals().values()) if isinstance(kind, Kind)]

_REFUSALS = {
    Unknown: NOT_FOUND,
    Impossible: IMPOSSIBLE,
    TooMuch: TOO_MUCH,
    Stale: STALE,
    InWork: IN_WORK,
    OtherRequest: OTHER_REQUEST,
    Forbidden: FORBIDDEN_TARGET,
    TooMany: TOO_MANY_WEBHOOKS,
    Ended: JOB_ENDED,
    NotMade: NOT_MADE,
    TooManySchedules: TOO_MANY_SCHEDULES,
    NeverDue: NEVER_DUE,
}

_OF_THE_MESH: dict[type[MeshError], Kind] = {
    TooLarge: TOO_LARGE,
    Gone: FILE_GONE,
    Unavailable: UNAVAILABLE,
}


def response(problem: Problem) -> web.Response:
    return web.Response(
        status=problem.status,
        text=json.dumps(problem.document),
        content_type="application/problem+json",
        headers=problem.headers,
    )


def problem_of(error: Exception) -> Problem:
    """What the service refuses, aiohttp does, or a database cannot, told to who asked; else our own fault."""
    match error:
        case Problem():
            return error
        case Refused():
            return _refused(error)
        case web.HTTPException() | web.RequestPayloadError() | ConnectionResetError():
            return _of_http(error)
        case TooLarge() | Gone() | Unavailable():
            return _OF_THE_MESH[type(error)].problem()
    return INTERNAL.problem()


def invalid(error: ValidationError) -> Problem:
    """422, with a JSON pointer to each field that does not fit, up to a hundred of them."""
    return INVALID.problem(errors=faults(error))


def _refused(refused: Refused) -> Problem:
    """What the refusal knows, its problem says. Raises it, where it has none: that is our fault."""
    kind = _REFUSALS.get(type(refused))
    if kind is None:
        raise refused
    return kind.problem(str(refused), **vars(refused))


def _of_http(error: Exception) -> Problem:
    """Unknown routes, wrong methods, bodies that are too large or broken."""
    if not isinstance(error, web.HTTPException):
        return MALFORMED.problem("The document is broken, or ends too early.")
    allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    name = error.reason.lower().replace(" ", "-")
    return Kind(name, error.status, f"{error.reason}.", headers=allowed).problem()
