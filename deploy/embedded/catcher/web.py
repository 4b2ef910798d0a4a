"""The HTTP side: Mailpit's API over the mailbox, and the page."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from embedded.catcher.mail import Mail
from embedded.catcher.query import Condition, terms
from embedded.catcher.store import Mailbox

MAILBOX = web.AppKey("mailbox", Mailbox)
PAGE = Path(__file__).with_name("page")

# A mail is a stranger's HTML: it may neither run nor load anything, and is kept apart from the page's origin.
SANDBOX = "sandbox allow-popups; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"

UNREAD = Condition("read = 0")

routes = web.RouteTableDef()


def application(mailbox: Mailbox) -> web.Application:
    """The page at /, the API at /api/v1."""
    app = web.Application()
    app[MAILBOX] = mailbox
    app.add_routes(routes)
    app.router.add_static("/page", PAGE)
    return app


@routes.get("/")
async def page(_: web.Request) -> web.FileResponse:
    """The page for people."""
    return web.FileResponse(PAGE / "index.html")


@routes.get("/livez")
@routes.get("/readyz")
async def health(request: web.Request) -> web.Response:
    """200 while the mailbox can be read."""
    request.app[MAILBOX].count(UNREAD)
    return web.Response(text="ok")


@routes.get("/api/v1/messages")
async def messages(request: web.Request) -> web.Response:
    """The newest mails."""
    return await _list(request, [])


@routes.get("/api/v1/search")
async def search(request: web.Request) -> web.Response:
    """The newest mails that fulfil the query."""
    wanted = terms(request.query.get("query", ""))
    if not wanted:
        raise web.HTTPBadRequest(text="Error: no search query")
    for term in wanted:
        if term.parsed:
            await request.app[MAILBOX].parse(term.parsed)
    return await _list(request, [term.holds for term in wanted])


async def _list(request: web.Request, conditions: Sequence[Condition]) -> web.Response:
    mailbox = request.app[MAILBOX]
    start, limit = _number(request, "start", 0), _number(request, "limit", 50)
    found = await mailbox.summaries(start, limit, *conditions)
    return web.json_response(
        {
            "total": mailbox.count(),
            "unread": mailbox.count(UNREAD),
            "count": len(found),
            "messages_count": mailbox.count(*conditions),
            "messages_unread": mailbox.count(UNREAD, *conditions),
            "start": start,
            "tags": [],
            "messages": found,
        }
    )


@routes.put("/api/v1/messages")
async def mark(request: web.Request) -> web.Response:
    """Mark `{"IDs": [...], "Read": true}` as read or unread; all without IDs."""
    body = await _body(request)
    request.app[MAILBOX].mark(_ids(body), read=bool(body.get("Read")))
    return web.Response(text="ok")


@routes.delete("/api/v1/messages")
async def delete(request: web.Request) -> web.Response:
    """Delete `{"IDs": [...]}`; all without IDs or body."""
    request.app[MAILBOX].delete(_ids(await _body(request)))
    return web.Response(text="ok")


@routes.get("/api/v1/message/{id}")
async def message(request: web.Request) -> web.Response:
    """One mail in full. Whoever asks has read it."""
    mail = _mail(request)
    request.app[MAILBOX].mark([mail.id], read=True)
    return web.json_response(mail.details())


@routes.get("/api/v1/message/{id}/headers")
async def headers(request: web.Request) -> web.Response:
    """Every header with all its values."""
    return web.json_response(_mail(request).headers())


@routes.get("/api/v1/message/{id}/raw")
async def raw(request: web.Request) -> web.Response:
    """The mail as it came."""
    return web.Response(body=_mail(request).raw, content_type="text/plain", charset="utf-8")


@routes.get("/api/v1/message/{id}/part/{part}")
async def part(request: web.Request) -> web.Response:
    """One attachment."""
    found = _mail(request).part(request.match_info["part"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(content_type=found[0], body=found[1], headers={"Content-Security-Policy": SANDBOX})


@routes.get("/view/{id}.html")
async def view(request: web.Request) -> web.Response:
    """The mail's HTML, harmless."""
    headers = {"Content-Security-Policy": SANDBOX}
    return web.Response(text=_mail(request).page(), content_type="text/html", headers=headers)


def _mail(request: web.Request) -> Mail:
    mail = request.app[MAILBOX].get(request.match_info["id"])
    if mail is None:
        raise web.HTTPNotFound(text="message not found")
    return mail


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    try:
        return dict(json.loads(text or "{}"))
    except ValueError:
        raise web.HTTPBadRequest(text="the body must be a JSON object") from None


def _ids(body: dict[str, Any]) -> list[int]:
    try:
        return [int(key) for key in body.get("IDs") or []]
    except ValueError:
        raise web.HTTPBadRequest(text="no such IDs") from None


def _number(request: web.Request, name: str, otherwise: int) -> int:
    try:
        return max(0, int(request.query.get(name, otherwise)))
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name} must be a number") from None
