"""What FILES_URL says.

    file:///srv/files
    s3://bucket/prefix?region=eu-central-1
    s3://bucket/prefix?endpoint=http://127.0.0.1:9000&timeout=10     another server than AWS's

Credentials are not in it: they come from the usual variables (AWS_ACCESS_KEY_ID and others) or the role.
"""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_TIMEOUT = 10
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_PREFIX = r"((?!\.+(/|$))[A-Za-z0-9._=-]+(/|$))*"
_OPTIONS = {
    "endpoint": (r"https?://[^\s/?#@]+/?", "http(s)://host[:port]"),
    "region": (r"[a-z0-9-]{1,40}", "such as eu-central-1"),
    "timeout": (r"[1-9][0-9]?", "seconds, from 1 to 99"),
}


@dataclass(frozen=True, slots=True)
class Local:
    """A folder."""

    root: Path


@dataclass(frozen=True, slots=True)
class Remote:
    """A part of a bucket."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    """None: AWS's own, by the region."""
    region: str | None = None
    """None: what AWS_REGION says."""
    timeout: int = _TIMEOUT
    """Seconds for one request, of at most 5 MiB."""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def parse(url: str) -> Local | Remote:
    """Raises ValueError, which may be shown: of what does not fit it quotes nothing."""
    parts = _split(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Local(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ValueError("it begins with file:///, or with s3:// and a bucket")
    prefix = parts.path.strip("/")
    if not re.fullmatch(_BUCKET, parts.netloc) or not re.fullmatch(_PREFIX, prefix):
        raise ValueError("it is s3://bucket[/prefix][?endpoint=…&region=…], and credentials are not in it")
    if find_spec("obstore") is None:
        raise ValueError("s3:// needs the extra: install meshwork-mesh[s3]")
    given = _options(parts.query)
    timeout = int(given.pop("timeout", _TIMEOUT))
    return Remote(parts.netloc, prefix, given.get("endpoint"), given.get("region"), timeout)


def checked(url: str) -> str:
    """The URL, if it is one of a store that can be opened here. Raises ValueError."""
    parse(url)
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # its text quotes the URL
        raise ValueError("it is no URL") from None


def _options(query: str) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in options.items():
        if name not in _OPTIONS:
            raise ValueError(f"it has an option that is none of {', '.join(_OPTIONS)}")
        pattern, form = _OPTIONS[name]
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{name}= does not fit: {form}")
    return options
