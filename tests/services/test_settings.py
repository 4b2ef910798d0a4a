"""A process that cannot work as it is set up says all that is missing, at once, and does not start."""

import pytest
from commands import begin, ended

from emails.settings import Settings as EmailsSettings
from mesh import Settings as MeshSettings
from mesh.errors import MissingSettings
from orders.settings import Settings as OrdersSettings
from reports.settings import Settings as ReportsSettings

EVERYONES = ["DATABASE_URL", "BROKER_URL"]
LACKS = {
    "orders": EVERYONES,
    "emails": [*EVERYONES, "SMTP_URL", "MAIL_FROM", "PUBLIC_URL", "LINK_KEYS"],
    "reports": EVERYONES,
}
ROLES = ["worker", "relay", "migrate", "health worker", "dead-letters list"]
COMMANDS = [
    *((service, role) for service in LACKS for role in ROLES),
    ("orders", "api"),
    ("reports", "sales 2026-03-01"),
    ("reports", "beat"),
    ("reports", "schedule list"),
]
GOOD = {
    "DATABASE_URL": "postgresql://me:s3cr3t@db/mine",
    "BROKER_URL": "streams+redis://:s3cr3t@broker/0",
    "SMTP_URL": "smtps://me:s3cr3t@mail:465, smtp+starttls://me:s3cr3t@other",
    "MAIL_FROM": "Meshwork <orders@meshwork.example>",
    "PUBLIC_URL": "https://api.shop.example",
    "LINK_KEYS": "s3cr3t,s3cr3t",
}


def test_what_is_missing_is_listed_at_once_by_every_role_of_every_service() -> None:
    running = {command: begin(command[0], *command[1].split()) for command in COMMANDS}
    for (service, role), process in running.items():
        code, output, errors = ended(process)
        head, *faults = errors.splitlines()
        assert (code, output) == (2, ""), f"{service} {role}: {errors}"
        assert head == f"{service}: cannot start, the environment lacks:"
        assert faults == [f"  {name}: Field required" for name in LACKS[service]]


@pytest.mark.parametrize("settings", [OrdersSettings, EmailsSettings, ReportsSettings])
def test_no_secret_is_shown(settings: type[MeshSettings]) -> None:
    assert "s3cr3t" not in repr(settings.load(GOOD))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "s3cr3t"),
        ("BROKER_URL", "s3cr3t"),
        ("SMTP_URL", "smtp://me:s3cr3t@mail"),  # the password would go out in the clear
        ("SMTP_URL", "smtps://me:s3cr3t@mail?rate=s3cr3t"),
        ("SMTP_URL", "smtps://me:s3cr3t@mail:s3cr3t"),
        ("MAIL_REPLY_TO", "s3cr3t"),
        ("DKIM_DOMAIN", "s3cr3t\n"),
        ("DKIM_SELECTOR", "s3cr3t;"),
        ("DKIM_KEY_FILE", "s3cr3t.pem"),  # and no selector
        ("BULK_RATE", "s3cr3t"),
        ("MAIL_FROM", "s3cr3t"),
        ("MAIL_FROM", "a@b.example\nBcc: s3cr3t@example.com"),
        ("PUBLIC_URL", "s3cr3t"),
        ("CONCURRENCY", "0"),
        ("LOG_LEVEL", "s3cr3t"),
        ("POOL", "s3cr3t"),
    ],
)
def test_what_does_not_fit_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(MissingSettings) as refused:
        EmailsSettings.load({**GOOD, name: value})
    _, *faults = str(refused.value).splitlines()
    assert [fault.split(":")[0].strip() for fault in faults] == [name]
    assert "s3cr3t" not in str(refused.value)


def test_an_empty_setting_is_a_missing_one() -> None:
    with pytest.raises(MissingSettings, match="DATABASE_URL: Field required"):
        OrdersSettings.load({**GOOD, "DATABASE_URL": ""})


def test_a_signature_takes_a_selector_and_a_key() -> None:
    with pytest.raises(MissingSettings, match=r"DKIM_KEY_FILE: .*goes together with DKIM_SELECTOR"):
        EmailsSettings.load({**GOOD, "DKIM_SELECTOR": "2026a"})
    loaded = EmailsSettings.load({**GOOD, "DKIM_SELECTOR": "2026a", "DKIM_KEY_FILE": "/run/dkim.pem"})
    assert str(loaded.dkim_key_file) == "/run/dkim.pem"


def test_mail_servers_are_asked_in_the_order_in_which_they_are_named() -> None:
    assert [provider.name for provider in EmailsSettings.load(GOOD).smtp_url] == ["mail", "other"]
