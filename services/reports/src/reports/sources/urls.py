"""URLs of sources. They may carry a password, so nothing here tells one."""

from urllib.parse import unquote, urlsplit


def checked(url: str) -> str:
    """The URL, if it is one of HTTP. Raises ValueError, which may be shown."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its text quotes the URL
        raise ValueError("a source's URL has a host or a port that is none") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a source's URL begins with https:// or http:// and a host")
    return url


def bare(url: str) -> str:
    """Without a password: what is asked for."""
    parts = urlsplit(url)
    return parts._replace(netloc=_host(url), fragment="").geturl()


def origin(url: str) -> str:
    """Such as https://www.ecb.europa.eu."""
    return f"{urlsplit(url).scheme}://{_host(url)}"


def name(url: str) -> str:
    """Of a source, for messages, logs and people: no password, and no query, which may be one."""
    return f"{origin(url)}{urlsplit(url).path}"


def login(url: str) -> str | None:
    """`user:password`, if there is one."""
    parts = urlsplit(url)
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
