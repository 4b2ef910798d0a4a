"""The API of plain Celery's flow: `python -m rolling.plain.api PORT`."""

import os
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

from aiohttp import web
from psycopg_pool import AsyncConnectionPool

from rolling.plain import shop

POOL = web.AppKey("pool", AsyncConnectionPool)
_ADD = "INSERT INTO orders (id, email, total) VALUES (%s, %s, %s)"

routes = web.RouteTableDef()


@routes.get("/readyz")
async def ready(_: web.Request) -> web.Response:
    return web.Response(text="ready")


@routes.post("/v1/orders")
async def place(request: web.Request) -> web.Response:
    new = await request.json()
    id, email = str(uuid4()), new["customer"]["email"]
    total = sum(line["quantity"] * line["unit_price"] for line in new["lines"])
    async with request.app[POOL].connection() as connection:
        await connection.execute(_ADD, (id, email, total))
    shop.send_tasks(id, email, total)  # blocks the loop for a millisecond, as is usual
    # Where the mesh's log has who answered, here the answer itself says it.
    return web.json_response({"id": id}, status=201, headers={"X-Request-Id": shop.BUILD})


async def _pool(app: web.Application) -> AsyncIterator[None]:
    async with AsyncConnectionPool(os.environ["DATABASE_URL"], max_size=8, open=False) as app[POOL]:
        yield


if __name__ == "__main__":
    application = web.Application()
    application.add_routes(routes)
    application.cleanup_ctx.append(_pool)
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
