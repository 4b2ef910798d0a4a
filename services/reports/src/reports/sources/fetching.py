"""A document at a URL, over HTTP: fetched if it is new, within a time, and no more than so many bytes of it.

    source = Source("ecb", "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml")
    found = source.fetch(Validators(etag, last_modified))      # what the last Fetched said

What it raises says what to do with the message:

    SourceAway     an Unavailable: nothing is wrong with us; come again `after` so many seconds
    SourceUnfit    a Reject: nothing helps but another URL, or another setting

What passes (a connection that breaks, 429, 500) is tried again, with a pause that grows and is random; a
server's Retry-After is waited for. A breaker leaves a source alone that has failed again and again. Redirects
are followed, but from https to http. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are heeded. No error tells a URL's
password or its query.
"""

import random
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader, LocationValueError

from mesh import Reject, Unavailable
from mesh.breaker import Breaker
from reports.sources import urls, watching

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_PASSING = {304, 408, 425, 429, *range(500, 600)} - {501, 505}  # 304: to one who has nothing
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds between attempts, times 0.5 to 1.5
_PATIENCE = 3600.0  # seconds: longer than that is waited for nobody
_LATER = 60.0  # seconds until it is tried again, where nobody knows better
_PIECE = 65536


class SourceAway(Unavailable):
    """It cannot be reached, does not answer in time, or wants to be left alone for now."""


class SourceUnfit(Reject):
    """It answers, and never with what we want."""


@dataclass(frozen=True, slots=True)
class Validators:
    """By which a server knows what we have."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that we did not have."""

    body: bytes = field(repr=False)
    validators: Validators
    """For the next time."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """There is nothing new."""


class _Passing(Exception):
    """An attempt came to nothing."""

    def __init__(self, reason: str, *, after: float | None = None, lasting: bool = False) -> None:
        """`after`: seconds that the server wants us to wait. `lasting`: another attempt would not help."""
        super().__init__(reason)
        self.after = after
        self.lasting = lasting


class Source:
    """For any number of threads."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        largest: int = 32 * 1024 * 1024,
        deadline: float = 60.0,
        connect: float = 5.0,
        read: float = 10.0,
        attempts: int = 4,
        breaker: Breaker | None = None,
    ) -> None:
        """`name`: in logs and errors. `largest`: bytes. `deadline`: seconds for all attempts together;
        `connect` and `read`: for one connection, and for the next bytes.

        Raises ValueError, which may be shown.
        """
        self._name, self._url = name, urls.checked(url)
        self._login, self._origin = urls.login(url), urls.origin(url)
        self._largest, self._deadline = largest, deadline
        self._connect, self._read = connect, read
        self._attempts = attempts
        self._breaker = breaker or Breaker(name, "source")

    def fetch(self, known: Validators = Validators()) -> Fetched | NotModified:
        """Raises SourceAway and SourceUnfit."""
        until = time.monotonic() + self._deadline
        for attempt in range(1, self._attempts + 1):
            try:
                return self._attempt(known, until)
            except _Passing as trouble:
                pause = _pause(attempt, trouble)
                if trouble.lasting or attempt == self._attempts or time.monotonic() + pause >= until:
                    raise self._away(str(trouble), trouble.after) from None
                time.sleep(pause)
        raise AssertionError("an attempt returns or raises")

    def _attempt(self, known: Validators, until: float) -> Fetched | NotModified:
        way = self._breaker.enter()
        if way is None:
            raise self._away("it has failed again and again, and is left alone", self._breaker.pause)
        try:
            with watching.until(until) as watch:
                found = self._follow(known, until, watch)
                if watch.over:  # what ends with its connection seems whole then
                    raise self._late
        except _Passing as trouble:
            self._breaker.failed(way, str(trouble), lasting=trouble.lasting)
            raise
        except SourceUnfit:  # it answered
            self._breaker.succeeded(way)
            raise
        self._breaker.succeeded(way)
        return found

    def _follow(self, known: Validators, until: float, watch: watching.Watch) -> Fetched | NotModified:
        url = self._url
        for _ in range(_MOST_REDIRECTS + 1):
            with watching.manager(url) as http:
                try:
                    with closing(self._get(http, url, known, until)) as answer:
                        if answer.status not in _REDIRECTS:
                            return self._judged(answer, known)
                        url = self._next(url, answer.headers.get("Location"))
                except LocationValueError:  # its text may have the URL in it
                    raise self._unfit("it redirects to what is no URL") from None
                except (HTTPError, OSError) as error:
                    raise self._broken(error, watch) from None
        raise self._unfit(f"it redirects more than {_MOST_REDIRECTS} times")

    def _get(
        self, http: urllib3.PoolManager, url: str, known: Validators, until: float
    ) -> urllib3.BaseHTTPResponse:
        left = max(until - time.monotonic(), 0.01)
        timeout = urllib3.Timeout(connect=min(self._connect, left), read=min(self._read, left))
        return http.request(
            "GET",
            urls.bare(url),
            headers=self._headers(url, known),
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )

    def _headers(self, url: str, known: Validators) -> dict[str, str]:
        said = {
            "User-Agent": "meshwork-reports",
            "Accept": "*/*",
            "Accept-Encoding": "identity",  # what is small on the wire may be anything unpacked
            "If-None-Match": known.etag,
            "If-Modified-Since": known.last_modified,
        }
        headers = {name: value for name, value in said.items() if value}
        if self._login and urls.origin(url) == self._origin:  # it is for nobody else
            headers |= urllib3.make_headers(basic_auth=self._login)
        return headers

    def _judged(self, answer: urllib3.BaseHTTPResponse, known: Validators) -> Fetched | NotModified:
        status = answer.status
        if status == 200:
            return Fetched(self._body(answer), _validators(answer))
        if status == 304 and known != Validators():
            return NotModified()
        if status in _PASSING:
            raise _Passing(f"it said {status}", after=_wanted(answer))
        raise self._unfit(f"it said {status}")

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        if encoding := answer.headers.get("Content-Encoding", "").replace("identity", ""):
            raise self._unfit(f"it is encoded ({encoding[:40]}), which was not asked for")
        pieces, size = [], 0
        while piece := answer.read1(_PIECE):
            size += len(piece)
            if size > self._largest:
                raise self._unfit(f"it has more than {self._largest} bytes")
            pieces.append(piece)
        return b"".join(pieces)

    def _next(self, url: str, location: str | None) -> str:
        try:
            target = urls.checked(urljoin(url, location or ""))
        except ValueError:
            raise self._unfit("it redirects to what is no URL") from None
        if url.startswith("https:") and target.startswith("http:"):
            raise self._unfit("it redirects from https to http")
        return target

    def _broken(self, error: Exception, watch: watching.Watch) -> _Passing:
        if watch.over:
            return self._late
        cause = error.args[0] if error.args else None
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _Passing(f"its certificate is not to be trusted: {cause.verify_message}", lasting=True)
        return _Passing(type(error).__name__)  # its text has the URL in it

    @property
    def _late(self) -> _Passing:
        return _Passing(f"it took longer than {self._deadline:g} s")

    def _away(self, why: str, after: float | None) -> SourceAway:
        return SourceAway(
            f"{self._name} ({self._origin}): {why}", after=(after or _LATER) * random.uniform(1.0, 1.5)
        )

    def _unfit(self, why: str) -> SourceUnfit:
        return SourceUnfit(f"{self._name} ({self._origin}): {why}")


def _validators(answer: urllib3.BaseHTTPResponse) -> Validators:
    return Validators(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))


def _wanted(answer: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds that a server wants us to wait, as far as we do."""
    said = answer.headers.get("Retry-After")
    try:
        return min(max(urllib3.Retry().parse_retry_after(said), 0.0), _PATIENCE) if said else None
    except InvalidHeader:
        return None


def _pause(attempt: int, trouble: _Passing) -> float:
    """Seconds before the next attempt: as the server says, or ever longer; never all at the same time."""
    if trouble.after is not None:
        return trouble.after + random.uniform(0.0, 0.5)
    return min(_FIRST_PAUSE * 2.0 ** (attempt - 1), _LONGEST_PAUSE) * random.uniform(0.5, 1.5)
