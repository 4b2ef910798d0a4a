"""/v1/files: what a link in a mail leads to."""

from aiohttp import web

from contracts.links import Download
from orders.api.opening import opened
from orders.api.operation import Call, Operations
from orders.api.problems import FILE_GONE, NO_REPORTS
from orders.api.reports import MEDIA
from orders.api.stored import refuse_without_store, sent

api = Operations()


@api.get(
    "/v1/files/{token}",
    answer=None,
    scope=None,
    gives=MEDIA,
    transaction=False,
    for_people=True,
    refuses=(FILE_GONE, NO_REPORTS),
)
async def get_file(call: Call[None]) -> web.StreamResponse:
    """The file that the link in a mail is for, such as a report, named as a person would save it.

    What goes wrong is a page for who asks for text/html.
    """
    link = await opened(call.request, "files", Download)
    refuse_without_store(call.request)
    return await sent(call.request, link.file, **{"Cache-Control": "private"})
