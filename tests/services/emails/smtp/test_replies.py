"""What a server's words mean: for the mail, for its mailbox, and for what a log may quote of them."""

import pytest

from emails.smtp import Refused
from emails.smtp.replies import Reply, harmless, verdict
from mesh import Retry

ADA = ("ada@example.com", "ada")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, "5.1.1 <ada@example.com>: Recipient address rejected: User unknown in virtual mailbox table"),
        (550, "5.1.1 The email account that you tried to reach does not exist."),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        (550, "5.2.1 The email account that you tried to reach is disabled."),
        (550, "5.1.2 no such domain"),
        (550, "no such user"),
        (550, "No such recipient here"),
        (550, "Requested action not taken: mailbox unknown"),
        (553, "sorry, that user does not exist"),
        (550, "Invalid recipient"),
    ],
)
def test_nobody_is_there(code: int, text: str) -> None:
    said = verdict(Reply(code, text), ADA, on_recipient=True)
    assert isinstance(said, Refused)
    assert said.no_mailbox


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, "Requested action not taken: mailbox unavailable"),  # RFC 5321: perhaps for policy reasons
        (550, "5.7.1 Message rejected as spam; no such user"),
        (554, "5.7.1 Service unavailable; Client host blocked using Spamhaus"),
        (550, "5.4.1 Recipient address rejected: Access denied"),
        (550, "5.1.1 blocked by our policy"),
        (550, "relay not permitted, user unknown"),
        (552, "5.2.2 mailbox full"),
        (550, "5.1.8 sender's domain does not exist"),
        (554, "no such user"),
        (550, ""),
    ],
)
def test_somebody_may_be_there(code: int, text: str) -> None:
    said = verdict(Reply(code, text), ADA, on_recipient=True)
    assert isinstance(said, Refused)
    assert not said.no_mailbox


def test_a_bare_code_elsewhere_says_nothing_of_the_mailbox() -> None:
    said = verdict(Reply(550, "no such user"), ADA, on_recipient=False)
    assert isinstance(said, Refused)
    assert not said.no_mailbox


@pytest.mark.parametrize(
    "text", ["4.2.0 Greylisted", "4.2.2 mailbox full", "4.1.1 unknown user, try again", ""]
)
def test_not_now(text: str) -> None:
    assert isinstance(verdict(Reply(450, text), ADA, on_recipient=True), Retry)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("<ada@example.com>: unknown", "<address>: unknown"),
        ("5.1.1 ada@example.com... User unknown", "5.1.1 <address> User unknown"),
        ("user ADA unknown", "user <address> unknown"),
        ("mailbox 'ada' is full, adamant", "mailbox '<address>' is full, adamant"),
        ("see https://x.example/?a=ada%40example.com&b", "see <address>"),
        ("from ada=example.com@bounces.example", "from <address>"),
        ('"ada l"@example.com is none', "<address> is none"),
        ("愛@例え.jp にいない", "<address> にいない"),
        ("one\ntwo\x1b[31m\x00", "one two [31m"),
        ("x" * 2000, "x" * 300),
    ],
)
def test_no_address_is_quoted(text: str, quoted: str) -> None:
    assert harmless(text, *ADA) == quoted
