"""HTTP: kept connections to push services, and what their answers mean for a push."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader

from emails.push import keys
from emails.push.encryption import encrypted
from emails.push.hosts import Forbidden, Hosts
from emails.push.subscription import Subscription
from mesh import Reject, Retry, Unavailable

_TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)  # a handler has 30 s for all
_HOSTS = 16  # whose connections are kept
_KEPT = 16  # connections of each: more than a worker has threads
_SIGNED = timedelta(hours=12)  # for which a signature holds; push services take 24 h at the most
_AWAY = 60.0  # seconds until we look whether a push service is there again
_PATIENCE = 3600.0  # seconds: longer than that is waited for nobody

_GONE = (404, 410)
_BUSY = (406, 429, 502, 503, 504)  # 406 is what Microsoft says in place of 429
_WHY = {
    400: "the push is not as it wants it",
    401: "the browser did not subscribe with this VAPID key",
    403: "the browser did not subscribe with this VAPID key",
    413: "the push is too large for it",
}


class SubscriptionGone(Exception):
    """Its browser hears nothing more: it was unsubscribed, or is no more."""


class Pusher:
    """Hands pushes to push services."""

    def __init__(self, key: str | None, subject: str, hosts: Hosts) -> None:
        """`key`: the private one, see `keys.signer`. None: nothing can be pushed. Raises RefusedAtStart."""
        self.hosts = hosts
        self._subject = subject
        self._signer = keys.signer(key, subject) if key else None
        # No redirects: what is permitted here would name what is not. No retries: the mesh has better ones.
        self._http = urllib3.PoolManager(_HOSTS, maxsize=_KEPT, retries=False, timeout=_TIMEOUT)

    def send(self, to: Subscription, payload: bytes, *, ttl: int, urgency: str, topic: str) -> datetime:
        """Hand a push over. Returns when the push service took it.

        Raises SubscriptionGone; Unavailable while its service is away or wants no more now; Reject when it
        never will; Retry for the rest. None of them names the endpoint.
        """
        origin = self._origin(to)
        headers = {
            **self._signed(origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl),
            "Urgency": urgency,
            "Topic": topic,
            # Edge's refuses what does not say this beside its TTL; the others do not mind.
            "X-WNS-Cache-Policy": "cache" if ttl else "no-cache",
        }
        body = encrypted(payload, keys.read(to.p256dh, keys.POINT), keys.read(to.auth, keys.SECRET))
        answer = self._post(to.endpoint, body, headers, origin)
        _judge(answer, origin.partition("://")[2])
        return datetime.now(UTC)

    def close(self) -> None:
        """Close every kept connection."""
        self._http.clear()

    def _origin(self, to: Subscription) -> str:
        """Looked at once more: what was permitted when it was added may not be any more."""
        try:
            return self.hosts.origin(to.endpoint)
        except Forbidden as error:
            raise Reject(str(error)) from None

    def _signed(self, origin: str) -> dict[str, str]:
        if self._signer is None:
            raise Reject("there is no VAPID_KEY to sign pushes with: `emails vapid` makes one")
        until = int((datetime.now(UTC) + _SIGNED).timestamp())
        signed: dict[str, str] = self._signer.sign({"aud": origin, "sub": self._subject, "exp": until})
        return signed

    def _post(self, url: str, body: bytes, headers: dict[str, str], origin: str) -> urllib3.BaseHTTPResponse:
        try:
            answer = self._http.request(
                "POST", url, body=body, headers=headers, redirect=False, preload_content=False
            )
            answer.drain_conn()  # what it says in words is for nobody
        except HTTPError as error:  # its text may have the URL in it
            raise Unavailable(f"{origin}: {type(error).__name__}", after=_spread(_AWAY)) from None
        return answer


def _judge(answer: urllib3.BaseHTTPResponse, host: str) -> None:
    """Raises what `send` raises, for any answer but that it was taken."""
    status = answer.status
    if 200 <= status < 300:
        return
    said = f"{host} said {status}"
    if status in _GONE:
        raise SubscriptionGone(said)
    if status in _BUSY:
        raise Unavailable(said, after=_spread(_wanted(answer)))
    if status >= 500:  # perhaps because of this one push: that is not tried for ever
        raise Retry(said)
    raise Reject(
        f"{said}: {_WHY.get(status, 'redirects are not followed' if status < 400 else 'it refuses')}"
    )


def _wanted(answer: Any) -> float:
    """Seconds that a push service wants us to wait, as far as we do."""
    said = answer.headers.get("Retry-After")
    if not said:
        return _AWAY
    try:
        return min(urllib3.Retry().parse_retry_after(said), _PATIENCE)
    except InvalidHeader:
        return _AWAY


def _spread(seconds: float) -> float:
    """No sooner, and not all at once."""
    return seconds * random.uniform(1.0, 1.5)
