"""TLS from the start or by STARTTLS, always verified; and logging in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from certificates import Authority
from mails import mail, mailer
from mailserver import MailServer
from scripted import Scripted

from emails.smtp import Mailer
from embedded.ports import HOST
from mesh import Unavailable

KINDS = pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def serving(scheme: str, authority: Authority, host: str = HOST, days: int = 1) -> Iterator[MailServer]:
    context = authority.server(host, days)
    with MailServer(
        tls=context, from_start=scheme == "smtps", user=("me", "s3cr3t"), pipelining=True
    ) as server:
        yield server


@contextmanager
def sending(scheme: str, server: MailServer, ca: Path, user: str = "") -> Iterator[Mailer]:
    with closing(mailer(f"{scheme}://{user}{server.place}?ca={ca}&timeout=2")) as sender:
        yield sender


@KINDS
def test_a_mail_goes_protected(scheme: str, authority: Authority) -> None:
    with serving(scheme, authority) as server, sending(scheme, server, authority.ca) as sender:
        for _ in range(3):
            sender.send(mail())
        assert len(server.mails) == 3
        assert len(server.connections) == 1


@KINDS
@pytest.mark.parametrize(
    ("host", "days", "why"), [("mail.example", 1, "mismatch|doesn't match"), (HOST, 0, "expired")]
)
def test_another_name_or_none_any_more(
    scheme: str, authority: Authority, host: str, days: int, why: str
) -> None:
    with serving(scheme, authority, host, days) as server, sending(scheme, server, authority.ca) as sender:
        with pytest.raises(Unavailable, match=f"no TLS: .*({why})"):
            sender.send(mail())
        assert server.mails == []


@KINDS
def test_an_authority_that_nobody_knows(scheme: str, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    with serving(scheme, authority) as server, sending(scheme, server, other.ca) as sender:
        with pytest.raises(Unavailable, match="no TLS"):
            sender.send(mail())


def test_no_starttls_no_mail(authority: Authority) -> None:
    with MailServer(user=("me", "s3cr3t")) as server:
        with sending("smtp+starttls", server, authority.ca, "me:s3cr3t@") as sender:
            with pytest.raises(Unavailable, match="offers no STARTTLS"):
                sender.send(mail())


def test_starttls_refused() -> None:
    with Scripted(does={"EHLO": "250-x\r\n250 STARTTLS", "STAR": "454 4.7.0 not now"}) as server:
        with closing(mailer(server.url.replace("smtp", "smtp+starttls"))) as sender:
            with pytest.raises(Unavailable, match="to STARTTLS: 454"):
                sender.send(mail())
    assert [said.partition(" ")[0] for said in server.said] == ["EHLO", "STARTTLS", "QUIT"][
        : len(server.said)
    ]


def test_what_is_said_before_tls_is_not_taken_for_what_is_said_after() -> None:
    with Scripted(does={"EHLO": "250-x\r\n250 STARTTLS", "STAR": "220 go\r\n250 AUTH PLAIN"}) as server:
        with closing(mailer(server.url.replace("smtp", "smtp+starttls"))) as sender:
            with pytest.raises(Unavailable, match="before TLS had begun"):
                sender.send(mail())


def test_plain_text_where_tls_is_expected() -> None:
    with Scripted() as server, closing(mailer(server.url.replace("smtp", "smtps"))) as sender:
        with pytest.raises(Unavailable, match="no TLS"):
            sender.send(mail())


@KINDS
def test_who_logs_in_is_let_in(scheme: str, authority: Authority) -> None:
    with serving(scheme, authority) as server, sending(scheme, server, authority.ca, "me:s3cr3t@") as sender:
        sender.send(mail())
        assert len(server.mails) == 1


@KINDS
def test_a_wrong_password_opens_the_breaker_at_once(
    scheme: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(scheme, authority) as server, sending(scheme, server, authority.ca, "me:wr0ng@") as sender:
        for _ in range(3):
            with pytest.raises(Unavailable) as away:
                sender.send(mail())
            assert "wr0ng" not in str(away.value)
        assert len(server.connections) == 1
    assert caplog.text.count("provider.opened") == 1
    assert "wr0ng" not in caplog.text.replace("AUTH", "")


def test_login_where_there_is_no_plain() -> None:
    said = {"EHLO": "250-x\r\n250 AUTH XOAUTH2 LOGIN", "AUTH": "334 VXNlcm5hbWU6", "bWU=": "334 UGFzc3dvcmQ6"}
    with Scripted(does={**said, "czNj": "235 2.7.0 welcome"}) as server:
        with closing(mailer(server.url.replace("//", "//me:s3cr3t@"))) as sender:
            sender.send(mail())
    assert server.said[1:4] == ["AUTH LOGIN", "bWU=", "czNjcjN0"]


def test_no_way_to_log_in() -> None:
    with Scripted(does={"EHLO": "250-x\r\n250 AUTH XOAUTH2"}) as server:
        with closing(mailer(server.url.replace("//", "//me:s3cr3t@"))) as sender:
            with pytest.raises(Unavailable, match="no way to log in"):
                sender.send(mail())


def test_not_now_is_no_wrong_password(caplog: pytest.LogCaptureFixture) -> None:
    with Scripted(does={"EHLO": "250-x\r\n250 AUTH PLAIN", "AUTH": "454 4.7.0 later"}) as server:
        with closing(mailer(server.url.replace("//", "//me:s3cr3t@"))) as sender:
            with pytest.raises(Unavailable, match="to the login: 454"):
                sender.send(mail())
    assert "provider.opened" not in caplog.text
