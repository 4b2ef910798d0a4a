"""/docs: the description as a page to try it out on. It loads nothing from elsewhere, so it works offline."""

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from aiohttp import web
from swagger_ui_bundle import swagger_ui_path

_OWN = files("orders.api") / "page"
_FROM = {
    "start.js": _OWN,
    "page.css": _OWN,
    "swagger-ui-bundle.js": swagger_ui_path,
    "swagger-ui.css": swagger_ui_path,
    "favicon-32x32.png": swagger_ui_path,
}
_TYPES = {"js": "text/javascript", "css": "text/css", "png": "image/png", "html": "text/html"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: as little as it needs. Swagger UI's symbols are `data:` within its style sheet."""
_FOR_EVER = "public, max-age=31536000, immutable"  # a year; other content has another address

routes = web.RouteTableDef()


@dataclass(frozen=True)
class _File:
    type: str
    plain: bytes
    packed: bytes

    def answer(self, request: web.Request, **headers: str) -> web.Response:
        """Packed, for whoever can unpack it."""
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        headers |= {"Content-Encoding": "gzip"} if packs else {}
        body, told = self.packed if packs else self.plain, {"Vary": "Accept-Encoding", **headers}
        return web.Response(body=body, content_type=self.type, charset="utf-8", headers=told)


@routes.get("/docs")
async def page(request: web.Request) -> web.Response:
    found = await asyncio.to_thread(_files)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return found["index.html"].answer(request, **headers)


@routes.get("/docs/{digest}/{name}")
async def part(request: web.Request) -> web.Response:
    path = f"{request.match_info['digest']}/{request.match_info['name']}"
    found = (await asyncio.to_thread(_files)).get(path)
    if found is None:
        raise web.HTTPNotFound
    return found.answer(request, **{"Cache-Control": _FOR_EVER})


@cache
def _files() -> Mapping[str, _File]:
    """The page, and its parts below a digest of them all. Read and packed once, by whoever asks first."""
    parts = {name: (folder / name).read_bytes() for name, folder in _FROM.items()}
    digest = sha256(b"".join(parts.values())).hexdigest()[:16]
    html = (_OWN / "index.html").read_text().replace("{digest}", digest).encode()
    return {
        "index.html": _file("index.html", html),
        **{f"{digest}/{name}": _file(name, content) for name, content in parts.items()},
    }


def _file(name: str, content: bytes) -> _File:
    return _File(_TYPES[name.rpartition(".")[2]], content, gzip.compress(content, mtime=0))
