"""What SMTP_URL may say, and that an error never says a password."""

from pathlib import Path

import pytest

from emails.smtp.providers import Provider, parse
from mesh.errors import RefusedAtStart
from mesh.ratelimit import Rate


def test_all_that_a_url_says() -> None:
    [provider] = parse(
        "smtp+starttls://me%40x:p%2Cw%2F%3A@smtp.example.com:2525"
        "?name=main&rate=100/1&domain_rate=20/2&ca=/etc/ca.pem&timeout=7.5&connections=3"
    )
    assert provider == Provider(
        name="main",
        host="smtp.example.com",
        port=2525,
        tls="starttls",
        user="me@x",
        password="p,w/:",
        rate=Rate(100, 1),
        domain_rate=Rate(20, 2),
        ca="/etc/ca.pem",
        timeout=7.5,
        connections=3,
    )


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [("smtp://a", 25, "never"), ("smtp+starttls://a", 587, "starttls"), ("smtps://a", 465, "always")],
)
def test_what_it_does_not_say(url: str, port: int, tls: str) -> None:
    [provider] = parse(url)
    assert (provider.name, provider.port, provider.tls, provider.user) == ("a", port, tls, None)


def test_several_in_order_of_preference() -> None:
    names = [provider.name for provider in parse(" smtps://b, smtps://a\n smtp://c:1 ")]
    assert names == ["b", "a", "c"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_a_password_may_go_in_the_clear_to_ourselves(host: str) -> None:
    assert parse(f"smtp://me:s3cr3t@{host}")[0].password == "s3cr3t"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no URL"),
        (" , ", "no URL"),
        ("s3cr3t", "begins with smtp://"),
        ("http://s3cr3t", "begins with smtp://"),
        ("smtp://me:s3cr3t@mail:25", "in the clear"),
        ("smtp://me:s3cr3t@192.0.2.1", "in the clear"),
        ("smtps://", "host"),
        ("smtps://me:s3cr3t@", "host"),
        ("smtps://me:s3cr3t@host:99999", "a port that is none"),
        ("smtps://me:s3/cr3t@host", "a port that is none"),
        ("smtps://me:s3cr3t@[host", "a host"),
        ("smtps://me@host/s3cr3t", "a URL is"),
        ("smtps://me:s3cr3t#@host", "a URL is|a port"),
        ("smtps://host?s3cr3t=1", "none of name, rate"),
        ("smtps://host?rate=s3cr3t", "rate= does not fit: mails/seconds"),
        ("smtps://host?rate=0/1", "rate="),
        ("smtps://host?timeout=s3cr3t", "timeout="),
        ("smtps://host?timeout=0", "timeout="),
        ("smtps://host?timeout=nan", "timeout="),
        ("smtps://host?timeout=25", "timeout="),
        ("smtps://host?connections=0", "connections="),
        ("smtps://host?connections=1.5", "connections="),
        ("smtps://host?name=s3cr3t%20name", "name="),
        ("smtps://me:s3cr3t@host smtps://me:s3cr3t@host", "one name"),
    ],
)
def test_what_does_not_fit(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        parse(text)
    assert "s3cr3t" not in str(refused.value)


def test_no_password_is_shown() -> None:
    assert "s3cr3t" not in repr(parse("smtps://s3cr3tly:s3cr3t@host"))


def test_authorities_that_are_not_there(tmp_path: Path) -> None:
    (empty := tmp_path / "ca.pem").touch()
    for path, why in ((tmp_path / "none.pem", "No such file"), (empty, "")):
        [provider] = parse(f"smtps://me:s3cr3t@host?ca={path}")
        with pytest.raises(RefusedAtStart, match=f"SMTP_URL: ca={path}: {why}"):
            provider.context()
