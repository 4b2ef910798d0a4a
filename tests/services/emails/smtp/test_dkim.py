"""Signatures that dkimpy, which others verify with, finds right; and wrong after any change."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from mails import mail, mailer
from mailserver import MailServer

from emails.domain import Attachment, Content
from emails.smtp import Signer
from mesh.errors import RefusedAtStart

DOMAIN, SELECTOR = "meshwork.example", "2026a"
CYRILLIC = Content(
    "Ваш заказ принят и уже едет к вам, осталось немного подождать", "Чай\n" * 50, "<p>Чай</p>"
)
FILE = Attachment("Отчёт.csv", "text/csv", b"a,b\n" * 1000)
MAILS: list[dict[str, Any]] = [
    {},
    {"content": CYRILLIC, "to_name": "Лев Николаевич Толстой" * 5},
    {"content": CYRILLIC, "attachments": (FILE, FILE)},
    {"content": Content("", "", "")},
    {"content": Content("a  \t b", ".\n..\n. x\n", "<p>.\n.</p>"), "unsubscribe": "https://api.example/u/1"},
    {"to": "üñ@example.com"},
]

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> Key:
    if request.param == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ed25519.Ed25519PrivateKey.generate()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


def record(key: Key) -> bytes:
    """What is in the DNS."""
    from base64 import b64encode

    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + b64encode(encoded)
    return b"v=DKIM1; k=ed25519; p=" + b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def verified(content: bytes, key: Key) -> bool:
    def dns(name: bytes, **_: Any) -> bytes | None:
        return record(key) if name == f"{SELECTOR}._domainkey.{DOMAIN}.".encode() else None

    return bool(dkim.verify(content, dnsfunc=dns, minkey=1024))


def sent(server: MailServer, key: Key, **more: Any) -> bytes:
    signer = Signer(DOMAIN, SELECTOR, key)
    with closing(mailer(server.url, signer=signer, reply_to="help@meshwork.example")) as sender:
        sender.send(mail(**more))
    return server.mails[-1].content


@pytest.mark.parametrize("more", MAILS)
def test_a_mail_as_it_arrives(server: MailServer, key: Key, more: dict[str, Any]) -> None:
    content = sent(server, key, **more)
    assert content.startswith(b"DKIM-Signature: ")
    assert verified(content, key)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Subject: ", b"Subject: Re: "),
        (b"To: ", b"To: Eve "),
        (b"Reply-To: ", b"Reply-To: eve@example.com, "),
        (b"From: ", b"From: eve@example.com\r\nFrom: "),
        (b"/u/1", b"/u/2"),
        (b"One-Click", b"No-Click"),
        (b"Date: ", b"Date:  x"),
        (b"base64\r\n\r\n", b"base64\r\n\r\nAAAA"),
    ],
)
def test_nothing_of_it_may_be_changed(server: MailServer, key: Key, was: bytes, becomes: bytes) -> None:
    content = sent(server, key, unsubscribe="https://api.example/u/1")
    assert was in content
    assert not verified(content.replace(was, becomes, 1), key)


def test_blanks_and_folds_on_the_way_do_no_harm(server: MailServer, key: Key) -> None:
    content = sent(server, key, content=CYRILLIC)
    content = content.replace(b"Subject: ", b"SUBJECT:   ").replace(b"\r\n =?", b"\r\n\t =?") + b"\r\n\r\n"
    assert verified(content, key)


def test_what_it_signs(server: MailServer, key: Key) -> None:
    content = sent(server, key, unsubscribe="https://api.example/u/1").decode()
    [names] = [line for line in content.splitlines() if line.startswith(" h=")]
    assert sorted(names.strip(" h=;").lower().split(":")) == [
        *("content-type", "date", "from", "from", "list-unsubscribe", "list-unsubscribe-post"),
        *("message-id", "mime-version", "reply-to", "subject", "to"),
    ]


def pem(key: Any, *encryption: bytes) -> bytes:
    locked = BestAvailableEncryption(*encryption) if encryption else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))


def test_a_key_from_a_file(tmp_path: Path, server: MailServer, key: Key) -> None:
    (path := tmp_path / "key.pem").write_bytes(pem(key))
    signer = Signer.load(DOMAIN, SELECTOR, path)
    with closing(mailer(server.url, signer=signer)) as sender:
        sender.send(mail())
    assert verified(server.mails[-1].content, key)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no private key in PEM"),
        (b"s3cr3t", "no private key in PEM"),
        (pem(ed25519.Ed25519PrivateKey.generate(), b"s3cr3t"), "without a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "an RSA or an Ed25519 key"),
        (None, "No such file"),
    ],
    ids=["empty", "text", "locked", "another kind", "nowhere"],
)
def test_a_key_that_is_none(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RefusedAtStart, match=why) as refused:
        Signer.load(DOMAIN, SELECTOR, path)
    assert "s3cr3t" not in str(refused.value)


def test_dkimpy_is_for_tests_alone() -> None:
    """It would be the slow way, and one package more in the image."""
    loaded = "import sys, emails.main; print('dkim' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout == "False\n"
