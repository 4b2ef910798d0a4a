"""A mail server that hangs or hangs up before it lets us in: at STARTTLS, in the handshake of TLS, at AUTH.

Nothing was handed over, so it comes to the same as at any other step before the mail's end.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from certificates import Authority
from mails import mail, mailer
from mailserver import MailServer
from messages import order_placed
from outcomes import dead, due
from programs import eventually
from scripted import LETTING_IN, Scripted

from emails.smtp import Mailer
from emails.tasks import consumer
from emails.wiring import Deps
from mesh import Database, Unavailable, testing
from mesh.breaker import Breaker
from mesh.testing import around

HANGING = ("hang", "drip", "record")
STEPS = [("smtp+starttls", step) for step in LETTING_IN] + [("smtps", step) for step in LETTING_IN[1:]]
HANGS_OR_CLOSES = pytest.mark.parametrize("does", ["hang", "close"])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Of the service's own settings; nothing is sent there."""
    with MailServer() as server:
        yield server


@dataclass
class Place:
    """A server that speaks TLS, and the step at which it does what a test says."""

    server: Scripted
    scheme: str
    step: str
    ca: str

    def does(self, what: str) -> None:
        self.server.does = {self.step: what}

    @contextmanager
    def sender(self, *others: str) -> Iterator[Mailer]:
        """What hangs is not waited for long. On all else no busy machine gives up."""
        timeout = 0.2 if {*self.server.does.values()} & {*HANGING} else 10
        at = self.server.url.partition("//")[2]
        url = f"{self.scheme}://me:s3cr3t@{at}?name=first&ca={self.ca}&timeout={timeout}"
        with closing(mailer(url, *others)) as sender:
            yield sender


@contextmanager
def listening(scheme: str, step: str, authority: Authority) -> Iterator[Place]:
    with Scripted(pipelining=True, tls=authority.server(), from_start=scheme == "smtps") as server:
        yield Place(server, scheme, step, str(authority.ca))


@pytest.fixture(params=STEPS, ids=[f"{scheme} {step}" for scheme, step in STEPS])
def place(request: pytest.FixtureRequest, authority: Authority) -> Iterator[Place]:
    with listening(*request.param, authority) as place:
        yield place


def goes(sender: Mailer) -> bool:
    try:
        sender.send(mail())
    except Unavailable:
        return False
    return True


@pytest.mark.parametrize("does", [*HANGING, "close", "421 4.3.2 going down"])
def test_nothing_was_handed_over(place: Place, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Breaker.__init__, "__kwdefaults__", {"shortest": 0.1, "longest": 0.2})
    place.does(does)
    with place.sender() as sender:
        with pytest.raises(Unavailable) as away:
            sender.send(mail())
        assert away.value.after
        assert "s3cr3t" not in str(away.value)
        assert place.server.mails == []
        place.server.does = {}
        eventually(lambda: goes(sender), "the next one goes")
    assert len(place.server.mails) == 1


@HANGS_OR_CLOSES
def test_what_one_hangs_on_another_takes(place: Place, does: str) -> None:
    place.does(does)
    with Scripted() as other, place.sender(f"{other.url}?name=other&timeout=10") as sender:
        assert sender.send(mail()).provider == "other"
    assert (len(place.server.mails), len(other.mails)) == (0, 1)


@HANGS_OR_CLOSES
def test_the_breaker_opens_at_the_fifth(place: Place, does: str, caplog: pytest.LogCaptureFixture) -> None:
    """A server that is busy hangs up on some: the first of them is not a word that will last."""
    place.does(does)
    _opens_at_the_fifth(place, caplog)


@pytest.mark.parametrize("step", ["STAR", "AUTH"])
def test_not_now_is_counted_the_same(
    step: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    with listening("smtp+starttls", step, authority) as place:
        place.does("454 4.7.0 not now")
        _opens_at_the_fifth(place, caplog)


def _opens_at_the_fifth(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with place.sender() as sender:
        for number in range(1, 7):
            assert not goes(sender)
            assert caplog.text.count("provider.opened") == (number >= 5)
    assert caplog.text.count("provider.failed") == 5
    eventually(lambda: place.server.connections == 5, "each has come, and no more")


@HANGS_OR_CLOSES
def test_it_costs_no_attempt_and_the_mail_comes(
    place: Place, does: str, deps: Deps, database: Database, tx: Any
) -> None:
    envelope = around(order_placed())

    def deliver() -> None:
        with place.sender() as sender:
            told = replace(deps, desk=replace(deps.desk, mailer=sender))
            testing.deliver(consumer, database, told, envelope)

    place.does(does)
    deliver()
    assert (dead(tx), due(tx)) == ([], [("emails.v1", 0)])
    assert tx.execute("SELECT state, doubts FROM mails").fetchall() == [("waiting", 0)]
    place.server.does = {}
    deliver()
    assert len(place.server.mails) == 1
    assert tx.execute("SELECT state, doubts FROM mails").fetchall() == [("sent", 0)]


@pytest.mark.parametrize("step", ["AUTH", "bWU=", "czNj"])
@HANGS_OR_CLOSES
def test_logging_in_word_by_word(step: str, does: str, authority: Authority) -> None:
    offers = {"EHLO": "250-x\r\n250 AUTH LOGIN", "AUTH": "334 VXNlcm5hbWU6", "bWU=": "334 UGFzc3dvcmQ6"}
    with listening("smtps", step, authority) as place:
        place.server.does = offers | {"czNj": "235 2.7.0 welcome"} | {step: does}
        with place.sender() as sender, pytest.raises(Unavailable) as away:
            sender.send(mail())
        assert away.value.after
        assert place.server.mails == []
