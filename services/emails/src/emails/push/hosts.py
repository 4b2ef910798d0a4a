"""Which push services we ask. The standard library and nothing else.

A browser's endpoint is a URL that a client names: who may name any could ask our own services through us
(SSRF). There are few push services in the world, so they are listed.
"""

import re
from collections.abc import Sequence

KNOWN = (
    "fcm.googleapis.com",  # Chrome, Brave, Opera, Samsung Internet
    "*.push.services.mozilla.com",  # Firefox
    "*.notify.windows.com",  # Edge
    "*.push.apple.com",  # Safari
)
WRITTEN = r"^((\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|http://127\.0\.0\.1:(\*|[0-9]{1,5}))$"
"""How one is listed: a name, `*.` before it for those below it, or a port of this machine, for tests."""
LONGEST = 2000
"""Characters of an endpoint."""
_PATH = r"(/[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?"  # all a URL has: no parser sees another host than we do


class Forbidden(ValueError):
    """Nothing is sent there."""


class Hosts:
    """What is permitted."""

    def __init__(self, listed: Sequence[str] = KNOWN) -> None:
        self._listed = [re.compile(_pattern(each)) for each in listed]

    def origin(self, endpoint: str) -> str:
        """Of an endpoint that is permitted: `https://fcm.googleapis.com`. Raises Forbidden, without its path:
        that is a secret."""
        if len(endpoint) <= LONGEST:
            for pattern in self._listed:
                if found := pattern.fullmatch(endpoint):
                    return found["origin"]
        raise Forbidden("the endpoint is of no push service that PUSH_HOSTS names")


def _pattern(listed: str) -> str:
    if listed.startswith("http://"):
        return f"(?P<origin>{re.escape(listed).replace(re.escape('*'), '[0-9]{1,5}')}){_PATH}"
    host = re.escape(listed.removeprefix("*."))
    below = r"([a-z0-9-]+\.)+" if listed.startswith("*.") else ""
    return f"(?P<origin>https://{below}{host})(:443)?{_PATH}"
