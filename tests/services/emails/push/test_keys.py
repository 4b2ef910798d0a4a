"""The key with which pushes are signed: made by a command, and refused at the start where it is none."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import begin, ended
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pushed import PRIVATE, PUBLIC, SETTINGS
from pushserver import base64url, unbase64url

from emails.main import cli
from emails.push import keys
from emails.settings import Settings
from emails.wiring import open_deps
from mesh.errors import MissingSettings, RefusedAtStart

AT = {"database_url": "postgresql://unused", **SETTINGS}


def pem(form: PrivateFormat) -> str:
    number = int.from_bytes(unbase64url(PRIVATE), "big")
    key = ec.derive_private_key(number, ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def public(key: str) -> str:
    signed = keys.signer(key, "mailto:a@b.example").sign(
        {"aud": "https://a.example", "sub": "mailto:a@b.example"}
    )
    return str(signed["Authorization"].rpartition("k=")[2])


def test_a_command_makes_a_pair() -> None:
    first, second = (CliRunner().invoke(cli, ["vapid"]) for _ in range(2))
    assert first.exit_code == 0
    private, told = (line.split("=")[1] for line in first.stdout.splitlines())
    assert (len(unbase64url(private)), len(unbase64url(told))) == (32, 65)
    assert public(private) == told
    assert first.stdout != second.stdout


def test_it_may_be_pem() -> None:
    assert public(PRIVATE) == PUBLIC
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        assert public(pem(form)) == PUBLIC


def test_what_openssl_makes_will_do(tmp_path: Path) -> None:
    file = tmp_path / "vapid.pem"
    made = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file)]
    subprocess.run(made, check=True)
    with open_deps(Settings(**AT | {"vapid_key": None, "vapid_key_file": file})) as deps:
        assert deps.pusher._signer


RSA = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
P384 = ec.generate_private_key(ec.SECP384R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
NO_KEYS = {
    "words": "s3cr3t",
    "zero": base64url(bytes(32)),
    "beyond the curve": base64url(b"\xff" * 32),
    "the public one": PUBLIC,
    "RSA": RSA.decode(),
    "another curve": P384.decode(),
    "PEM of nothing": "-----BEGIN EC PRIVATE KEY-----\ns3cr3t",
}


@pytest.mark.parametrize("key", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_is_refused_at_the_start_and_not_shown(key: str) -> None:
    with pytest.raises(RefusedAtStart, match="VAPID_KEY: a private key of P-256") as refused:
        with open_deps(Settings(**AT | {"vapid_key": key})):
            pass
    assert key not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings(**AT | {"vapid_key": None, "vapid_key_file": tmp_path / "missing"})
    with pytest.raises(RefusedAtStart, match=r"VAPID_KEY_FILE: .*missing"):
        with open_deps(settings):
            pass


@pytest.mark.parametrize("subject", ["mailto:nobody", "https://"])
def test_a_subject_that_push_services_would_refuse(subject: str) -> None:
    with pytest.raises((RefusedAtStart, ValueError), match=r"VAPID_SUBJECT|vapid_subject"):
        with open_deps(Settings(**AT | {"vapid_subject": subject})):
            pass


@pytest.mark.parametrize("host", ["evil.example/x", "http://evil.example", "*", "https://a.example", "a"])
def test_hosts_are_names(host: str) -> None:
    given = {
        "DATABASE_URL": "x://u",
        "BROKER_URL": "x://u",
        "SMTP_URL": "smtp://u",
        "MAIL_FROM": "a@b.example",
    }
    given |= {
        "PUBLIC_URL": "https://a.example",
        "LINK_KEYS": "s3cr3t",
        "PUSH_HOSTS": f"fcm.googleapis.com,{host}",
    }
    with pytest.raises(MissingSettings, match="PUSH_HOSTS"):
        Settings.load(given)


def test_the_private_half_is_shown_nowhere() -> None:
    assert PRIVATE not in repr(Settings(**AT))


def test_the_command_needs_no_settings() -> None:
    code, output, _ = ended(begin("emails", "vapid"))
    assert (code, output.count("\n")) == (0, 2)
