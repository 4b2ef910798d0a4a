"""/push-demo: a page that subscribes this browser, for whoever wants to see a push; if PUSH_DEMO permits it.

It asks for a key of the API, which no page of a shop does: there, the shop's own server passes the
subscription on.
"""

import asyncio
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from aiohttp import web

_OWN = files("orders.api") / "demo"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {
    "page.js": "text/javascript",
    "worker.js": "text/javascript",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
}
_SCOPE = "../push-demo"  # the page itself: without it, a worker has what is below its own folder alone

routes = web.RouteTableDef()


@routes.get("/push-demo")
async def page(request: web.Request) -> web.Response:
    return await _file("index.html", "text/html", {"Content-Security-Policy": _POLICY})


@routes.get("/push-demo/{name}")
async def part(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in _TYPES:
        raise web.HTTPNotFound
    more = {"Service-Worker-Allowed": _SCOPE} if name == "worker.js" else {}
    return await _file(name, _TYPES[name], more)


async def _file(name: str, type: str, more: Mapping[str, str]) -> web.Response:
    headers = {"Cache-Control": "no-cache", **more}
    body = await asyncio.to_thread(_read, name)
    return web.Response(body=body, content_type=type, charset="utf-8", headers=headers)


@cache
def _read(name: str) -> bytes:
    return (_OWN / name).read_bytes()
