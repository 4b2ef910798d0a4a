"""RFC 9457: every error is `application/problem+json`, and says what to do where it can."""

import json
from typing import Any

from aiohttp import web
from pydantic import ValidationError

_MOST_ERRORS = 100  # a body of a quarter of a megabyte can hold 40,000


class Problem(Exception):
    """An answer that is an error. Raised by handlers, turned into a response by the middleware."""

    def __init__(self, status: int, type: str, title: str, **more: Any) -> None:
        super().__init__(title)
        self.status = status
        self.document = {"type": f"/problems/{type}", "title": title, "status": status, **more}


def response(problem: Problem, **headers: str) -> web.Response:
    return web.Response(
        status=problem.status,
        text=json.dumps(problem.document),
        content_type="application/problem+json",
        headers=headers,
    )


def invalid(error: ValidationError) -> Problem:
    """422, with a JSON pointer to each field that does not fit, up to a hundred of them."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    errors = [{"pointer": _pointer(e["loc"]), "detail": e["msg"]} for e in found[:_MOST_ERRORS]]
    return Problem(422, "invalid", "The document does not fit.", errors=errors)


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"There is no {what}.")


def unavailable() -> Problem:
    return Problem(503, "unavailable", "The database is away. Try again.")


def too_large() -> Problem:
    return Problem(413, "too-large", "The order is too large: its lines come to more than 64 KiB.")


def of_http(error: web.HTTPException) -> Problem:
    """What aiohttp itself refuses: unknown routes, wrong methods, bodies that are too large."""
    return Problem(error.status, error.reason.lower().replace(" ", "-"), f"{error.reason}.")


def internal() -> Problem:
    return Problem(500, "internal", "This is our fault. It is logged under the request's id.")


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)
