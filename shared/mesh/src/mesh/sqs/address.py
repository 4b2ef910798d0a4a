"""What an `sqs://` URL says: where the server is, and by which rules its queues are made.

    sqs://                                   AWS; region and credentials from the environment or the role
    sqs://?region=eu-central-1&queue_name_prefix=prod-&visibility_timeout=300
    sqs://key:secret@127.0.0.1:5000          another server, over plain HTTP
    sqs://vpce-1.sqs.eu-central-1.vpce.amazonaws.com?is_secure=true

Every service of a mesh has to say the same: whoever comes first makes a queue.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mesh.errors import RefusedAtStart

_WAIT = 10
"""Seconds that a receive waits on the server. kombu's client gives a request 20 s."""
_RETENTION = 14 * 24 * 3600
"""Seconds: the most that SQS keeps a message. Its default is 4 days."""

_READ: dict[str, Callable[[str], Any]] = {
    "region": str,
    "queue_name_prefix": str,
    "is_secure": lambda word: {"true": True, "false": False}[word.lower()],
    "visibility_timeout": int,
    "wait_time_seconds": int,
    "polling_interval": float,
}


def split(url: str, timeout: float) -> tuple[str, dict[str, Any]]:
    """The URL for kombu, which reads no query, and the transport options that were in it.

    Raises RefusedAtStart for an option that does not exist or fit, and where the extra is not installed.
    """
    if not (find_spec("boto3") and find_spec("pycurl")):
        raise RefusedAtStart("BROKER_URL is sqs://…, which needs the extra: install meshwork-mesh[sqs]")
    parts = urlsplit(url)
    given = _options(parts.query)
    wait = given.get("wait_time_seconds", _WAIT)
    return f"sqs://{parts.netloc}", {
        "wait_time_seconds": wait,
        # Seconds between two polls that brought nothing, and between two looks whether there is credit again.
        # 0 would spin while there is none; kombu's 1 would hold back what comes, by as much.
        "polling_interval": 0.1,
        "sqs-creation-attributes": {"MessageRetentionPeriod": str(_RETENTION)},
        # botocore waits a minute, five times. Whoever calls tries again by itself.
        "client-config": {
            "connect_timeout": timeout,
            "read_timeout": wait + timeout,
            "retries": {"total_max_attempts": 1},
        },
        **given,
    }


def _options(query: str) -> dict[str, Any]:
    options = {}
    for name, value in parse_qsl(query):
        try:
            options[name] = _READ[name](value)
        except (KeyError, ValueError):
            known = ", ".join(_READ)
            raise RefusedAtStart(f"BROKER_URL: {name}={value} is none of {known}, or no such value") from None
    return options
