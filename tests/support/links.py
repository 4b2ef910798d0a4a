"""Links as emails writes them into mails, for an orders API that has the same key."""

from datetime import timedelta
from typing import Any

from api import Answer, Api

from contracts import Value
from mesh.links import Links

LINK_KEY = "bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM="
VAPID_KEY = "BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo"


def link(use: str, said: Value, lasts: timedelta | None = None, key: str = LINK_KEY) -> str:
    """Its path."""
    return Links("", [key]).url(use, said, lasts)


def follow(api: Api, method: str, path: str, form: Any = None, **headers: str) -> Answer:
    """Without a key, as a person does."""
    own = {"Authorization": None, "Content-Type": "application/x-www-form-urlencoded" if form else None}
    return api.request(method, path, headers=own | headers, data=form)
