"""Providers that go away and come back: who is asked instead, who is left alone, and that no mail is lost."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest
from mails import mail, mailer
from mailserver import MailServer
from programs import eventually
from scripted import Scripted

from emails.smtp import Mailer
from embedded.ports import HOST, free_port
from mesh import MeshError, Unavailable
from mesh.breaker import Breaker


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for five seconds here."""
    monkeypatch.setattr(Breaker.__init__, "__kwdefaults__", {"shortest": 0.1, "longest": 0.2})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


def test_a_mail_that_nobody_takes_comes_again_in_time(server: MailServer) -> None:
    server.stop()
    with closing(mailer(server.url)) as sender:
        after = [_away(sender) for _ in range(8)]
        assert all(0.5 <= seconds <= 1.5 for seconds in after)
        assert len(set(after)) == 8  # a herd is spread
        sender._routes[0].breaker._opened_at = time.monotonic() - 100_000
        assert all(40 <= _away(sender) <= 120 for _ in range(8))


def test_the_next_one_takes_what_the_first_does_not(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    first = f"smtp://{HOST}:{free_port()}?name=first"
    with closing(mailer(first, f"{server.url}?name=second")) as sender:
        assert [sender.send(mail()).provider for _ in range(8)] == ["second"] * 8
    assert len(server.mails) == 8
    assert caplog.text.count("provider.failed") == 5  # after which nobody asked it
    assert caplog.text.count("provider.opened") == 1


def test_the_first_is_preferred_again_when_it_is_back(server: MailServer) -> None:
    server.stop()
    with (
        Scripted() as other,
        closing(mailer(f"{server.url}?name=first", f"{other.url}?name=other")) as sender,
    ):
        assert {sender.send(mail()).provider for _ in range(6)} == {"other"}
        server.start()
        eventually(lambda: sender.send(mail()).provider == "first", "it is asked again")
        assert sender.send(mail()).provider == "first"


def test_no_mail_is_lost_and_none_sent_twice_while_a_server_stops_and_starts(server: MailServer) -> None:
    """Each mail is given as often as Unavailable says, and nothing else is ever said."""
    waiting = [mail(f"person-{number}@example.com") for number in range(300)]
    said: Counter[str] = Counter()
    lock = threading.Lock()
    over = threading.Event()

    def work(sender: Mailer) -> None:
        while not over.is_set():
            with lock:
                one = waiting.pop() if waiting else None
            if one is None:
                time.sleep(0.01)
                continue
            try:
                sender.send(one)
            except MeshError as error:
                said[type(error).__name__] += 1
                if isinstance(error, Unavailable):
                    with lock:
                        waiting.insert(0, one)
                    time.sleep(0.005)

    with closing(mailer(server.url)) as sender:
        threads = [threading.Thread(target=work, args=(sender,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for outage in range(3):
            eventually(lambda enough=50 * (outage + 1): len(server.mails) > enough, "mails go")
            server.stop()
            time.sleep(0.3)
            server.start()
        eventually(lambda: len(server.mails) + said["InDoubt"] >= 300, "all have come")
        over.set()
        for thread in threads:
            thread.join()
    came = Counter(one.recipients[0] for one in server.mails)
    assert set(said) <= {"Unavailable", "InDoubt"}
    assert len(came) >= 300 - said["InDoubt"]
    assert set(came.values()) == {1}


def _away(sender: Mailer) -> float:
    with pytest.raises(Unavailable) as away:
        sender.send(mail())
    assert away.value.after is not None
    return away.value.after
