"""A mail server that hangs, hangs up or talks nonsense at each step: a clear outcome, and the next goes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest
from mails import mail, mailer
from scripted import STEPS, Scripted, unanswered

from emails.domain import Attachment
from emails.smtp import InDoubt, Mailer, Refused
from embedded.ports import HOST, free_port
from mesh import Retry, Unavailable

TIMEOUT = 0.2
"""Of a step. A busy machine may miss it with nothing wrong: who has to succeed has more, or tries again."""
BEFORE_THE_END = STEPS[:-1]
PERSON = "ada@example.com"


@pytest.fixture(params=[False, True], ids=["step by step", "pipelined"])
def server(request: pytest.FixtureRequest) -> Iterator[Scripted]:
    with Scripted(pipelining=request.param) as server:
        yield server


@contextmanager
def to(server: Scripted, *others: str, timeout: float = TIMEOUT) -> Iterator[Mailer]:
    with closing(mailer(f"{server.url}?timeout={timeout}", *others, deadline=4 * timeout)) as sender:
        yield sender


def sent_at_last(sender: Mailer) -> None:
    """What went wrong before does not keep the next one."""
    for _ in range(4):
        with suppress(Unavailable):
            sender.send(mail())
            return
    pytest.fail("nothing goes any more")


@pytest.mark.parametrize("does", ["hang", "close", "garbage", "endless", "drip", "421 4.3.2 going down"])
@pytest.mark.parametrize("step", BEFORE_THE_END)
def test_nothing_was_handed_over(server: Scripted, step: str, does: str) -> None:
    server.does = {step: does}
    began = time.monotonic()
    with to(server) as sender:
        with pytest.raises(Unavailable) as away:
            sender.send(mail())
        assert time.monotonic() - began < 5
        assert away.value.after
        assert PERSON not in str(away.value)
        server.does = {}
        sent_at_last(sender)
    assert len(server.mails) == 1


@pytest.mark.parametrize("does", ["hang", "close", "garbage", "endless", "drip", "354 what?"])
def test_the_server_may_have_it(server: Scripted, does: str) -> None:
    """It accepts, and closes. Another provider is not asked."""
    server.does = {"end": does}
    with Scripted() as other:
        with to(server, f"{other.url}?name=other") as sender:
            with pytest.raises(InDoubt, match="the mail was sent, and then"):
                sender.send(mail())
            assert other.connections == 0
            server.does = {}
            sent_at_last(sender)
    assert len(server.mails) == 2


@pytest.mark.parametrize("step", BEFORE_THE_END)
def test_what_one_hangs_on_another_takes(server: Scripted, step: str) -> None:
    server.does = {step: "hang"}
    with Scripted() as other, to(server, f"{other.url}?name=other&timeout=10") as sender:
        assert sender.send(mail()).provider == "other"
    assert (len(server.mails), len(other.mails)) == (0, 1)


def test_a_server_that_goes_down_after_the_mail_has_not_taken_it(server: Scripted) -> None:
    server.does = {"end": "421 4.3.2 going down"}
    with Scripted() as other, to(server, f"{other.url}?name=other", timeout=10) as sender:
        assert sender.send(mail()).provider == "other"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
@pytest.mark.parametrize("said", ["451 4.7.1 greylisted", "452 4.2.2 ada is over quota"])
def test_not_now_is_said_of_the_mail_and_asked_of_nobody_else(server: Scripted, step: str, said: str) -> None:
    server.does = {step: said}
    with Scripted() as other, to(server, f"{other.url}?name=other", timeout=10) as sender:
        with pytest.raises(Retry, match="the mail server said 45") as later:
            sender.send(mail())
        assert "ada" not in str(later.value)
        server.does = {}
        sender.send(mail())
    assert (other.connections, server.connections) == (0, 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
def test_never_is_said_of_the_mail_and_asked_of_nobody_else(server: Scripted, step: str) -> None:
    server.does = {step: f"550 5.1.1 <{PERSON}>: no such user"}
    with Scripted() as other, to(server, f"{other.url}?name=other", timeout=10) as sender:
        with pytest.raises(Refused, match=r"said 550 5\.1\.1 <address>: no such user") as never:
            sender.send(mail())
        assert never.value.no_mailbox == (step != "MAIL")  # which is about ourselves, whatever it says
        server.does = {}
        sender.send(mail())
    assert (other.connections, server.connections) == (0, 1)


def test_a_server_that_refuses_and_hangs_up_has_refused() -> None:
    with Scripted(does={"RCPT": "550 5.1.1 no", "DATA": "close"}, pipelining=True) as server:
        with to(server, timeout=10) as sender, pytest.raises(Refused):
            sender.send(mail())


def test_where_nobody_listens() -> None:
    with closing(mailer(f"smtp://{HOST}:{free_port()}")) as sender:
        with pytest.raises(Unavailable, match=r"cannot connect: .*refused"):
            sender.send(mail())


def test_where_nobody_answers() -> None:
    began = time.monotonic()
    with unanswered() as url, closing(mailer(f"{url}?timeout={TIMEOUT}")) as sender:
        with pytest.raises(Unavailable, match="cannot connect: timed out"):
            sender.send(mail())
    assert time.monotonic() - began < 5


def test_a_name_that_the_dns_does_not_know() -> None:
    with closing(mailer("smtp://mail.invalid")) as sender:
        with pytest.raises(Unavailable, match=r"mail\.invalid: the DNS does not know mail\.invalid"):
            sender.send(mail())


def test_a_dns_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never(*_: Any, flags: int = 0, **__: Any) -> None:
        if not flags:
            over.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    began = time.monotonic()
    with closing(mailer(f"smtp://mail.example?timeout={TIMEOUT}")) as sender:
        with pytest.raises(Unavailable, match="it does not answer"):
            sender.send(mail())
    over.set()
    assert time.monotonic() - began < 5


def test_a_step_has_its_time_and_all_of_them_together_have_theirs(server: Scripted) -> None:
    """Each step of a slow server is in time, and yet it is given up."""
    server.does = {"RCPT": "hang"}
    began = time.monotonic()
    with closing(mailer(f"{server.url}?timeout=20", deadline=0.5)) as sender:
        with pytest.raises(Unavailable):
            sender.send(mail())
    assert time.monotonic() - began < 2


BIG = (Attachment("all.bin", "application/octet-stream", bytes(20 * 1024 * 1024)),)


def test_a_file_of_twenty_megabytes_arrives(server: Scripted) -> None:
    with closing(mailer(server.url)) as sender:
        sender.send(mail(attachments=BIG))
    assert len(server.mails[0]) > 27 * 1024 * 1024


def test_a_large_mail_that_nobody_reads_costs_an_attempt(server: Scripted) -> None:
    server.does = {"DATA": "deaf"}
    with closing(mailer(f"{server.url}?timeout={TIMEOUT}")) as sender:
        with pytest.raises(Retry, match="could not be sent in time"):
            sender.send(mail(attachments=BIG))
    assert server.mails == []


def test_a_mail_too_large_for_a_server_is_not_sent_to_it(server: Scripted) -> None:
    server.does = {"EHLO": "250-scripted\r\n250 SIZE 1000000"}
    with to(server, timeout=10) as sender:
        with pytest.raises(Refused, match=r"a mail of \d+ bytes, where the mail server takes 1000000"):
            sender.send(mail(attachments=BIG))
        sender.send(mail())
    assert (len(server.mails), server.connections) == (1, 1)
    assert sum(said.startswith("MAIL") for said in server.said) == 1


def test_a_mail_too_large_for_one_goes_to_another(server: Scripted) -> None:
    server.does = {"EHLO": "250-scripted\r\n250 SIZE 100"}
    with Scripted() as other, to(server, f"{other.url}?name=other", timeout=10) as sender:
        assert sender.send(mail()).provider == "other"


def test_who_would_take_it_is_waited_for(server: Scripted) -> None:
    server.does = {"EHLO": "250-scripted\r\n250 SIZE 100"}
    with to(server, f"smtp://{HOST}:{free_port()}?name=other") as sender:
        with pytest.raises(Unavailable):
            sender.send(mail())


@pytest.mark.parametrize("to_name", ["Ada\r\nBcc: eve@example.com", "Ada\n.\nMAIL FROM:<eve@example.com>"])
def test_a_name_gives_no_command(server: Scripted, to_name: str) -> None:
    with to(server, timeout=10) as sender:
        sender.send(mail(to_name=to_name))
    assert [said.partition(" ")[0] for said in server.said][:4] == ["EHLO", "MAIL", "RCPT", "DATA"]
    assert server.said[4:] in ([], ["QUIT"])


def test_an_address_gives_no_command(server: Scripted) -> None:
    with to(server, timeout=10) as sender, pytest.raises(Refused):
        sender.send(mail("ada@example.com>\r\nRCPT TO:<eve@example.com"))
    assert server.said == []


def test_no_more_connections_than_allowed() -> None:
    with Scripted(does={"RCPT": "hang"}) as server:
        with closing(mailer(f"{server.url}?connections=1&timeout=2")) as sender, _busy(sender):
            with pytest.raises(Unavailable, match="as many connections are in use"):
                sender.send(mail())


@contextmanager
def _busy(sender: Mailer) -> Iterator[None]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sender.send, mail())
        time.sleep(0.2)
        yield
        assert isinstance(first.exception(), Unavailable)


@pytest.mark.parametrize("step", STEPS[2:])  # those in which the server knows of the person
def test_no_log_names_a_person(server: Scripted, step: str, caplog: pytest.LogCaptureFixture) -> None:
    server.does = {
        step: f"421 4.7.0 too many for <{PERSON}> (ada), see https://x.example/?to=ada%40example.com"
    }
    with to(server, timeout=10) as sender, pytest.raises(Unavailable, match="421") as away:
        sender.send(mail())
    assert "provider.failed" in caplog.text
    for told in (str(away.value), caplog.text):
        assert "ada" not in told.lower()
