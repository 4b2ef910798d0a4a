"""Idempotency-Key: who asks for the same again is told the same, and nothing happens twice."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from mesh import AsyncDatabase, AsyncTx
from orders.api.problems import BAD_KEY
from orders.domain import Refused
from orders.keys import Key
from orders.store import answers
from orders.store.answers import Answer, Claim

Done = TypeVar("Done", bound=Answer | web.StreamResponse)


def claim(request: web.Request, key: Key, body: BaseModel | None) -> Claim | None:
    """Raises Problem for a key that is none."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not (0 < len(given) <= 255 and given.isascii() and given.isprintable()):
        raise BAD_KEY.problem()
    asked = f"{request.method} {request.path}\n{body.model_dump_json(exclude_unset=True) if body else ''}"
    return Claim(key.account, given, sha256(asked.encode()).digest())


async def once(
    database: AsyncDatabase, claim: Claim | None, work: Callable[[AsyncTx], Awaitable[Done]]
) -> Done | Answer:
    """Do the work in a transaction; or, where it was claimed and done before, say what was said then.

    Raises Refused, of the work or for a claim that somebody is at or that was for something else.
    """
    async with database.begin() as tx:
        if claim is None:
            return await work(tx)
        given = (await answers.prior(tx, [claim])).get(claim)
        if isinstance(given, Refused):
            raise given
        if given is not None:
            return given
        done = await work(tx)
        if isinstance(done, Answer):
            await answers.keep(tx, {claim: done})
        return done
