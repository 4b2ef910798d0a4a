"""A real PostgreSQL, whoever we are and whatever happened before."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from embedded.postgres import Postgres

from .conftest import DEPLOY, wait_until


@pytest.fixture(params=["system", "embedded"])
def installation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """PostgreSQL of the system (where it has one), and of the wheel."""
    if request.param == "embedded":
        monkeypatch.setenv("MESHWORK_POSTGRES", "embedded")
    else:
        monkeypatch.delenv("MESHWORK_POSTGRES", raising=False)
    return request.param


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """One that only its owner may enter, as root's home is."""
    with tempfile.TemporaryDirectory() as folder:
        assert Path(folder).stat().st_mode & 0o777 == 0o700
        yield Path(folder)


def refusal(url: str) -> str:
    with pytest.raises(psycopg.OperationalError) as refused, psycopg.connect(url):
        pass
    return str(refused.value)


def test_a_role_opens_its_own_database_only(installation: str, closed_folder: Path) -> None:
    with Postgres(closed_folder / installation, durable=False) as postgres:
        postgres.create_database("orders")
        postgres.create_database("emails")
        postgres.create_database("emails")
        with psycopg.connect(postgres.url("orders")) as connection:
            connection.execute("CREATE TABLE mine (id int)")
        for other in ("emails", "postgres", "template1"):
            url = postgres.url("orders").removesuffix("orders") + other
            assert "permission denied" in refusal(url)
        assert "password authentication failed" in refusal(
            postgres.url("orders").replace("orders:", "orders:x")
        )


def test_data_and_port_stay(tmp_path: Path) -> None:
    with Postgres(tmp_path) as postgres:
        postgres.create_database("orders")
        first = postgres.url("orders")
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with Postgres(tmp_path) as postgres, psycopg.connect(first) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


OWNER = """
import sys, time
from pathlib import Path
from embedded.postgres import Postgres
with Postgres(Path(sys.argv[1])) as postgres:
    postgres.create_database("orders")
    print(postgres.pid, flush=True)
    time.sleep(60)
"""


def test_it_dies_with_its_owner_and_recovers(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, tmp_path]
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(DEPLOY)}, stdout=subprocess.PIPE
    ) as owner:
        pid = int(owner.stdout.readline())
        owner.kill()
    if sys.platform == "linux":
        wait_until(lambda: not psutil.pid_exists(pid))
    with Postgres(tmp_path) as postgres, psycopg.connect(postgres.url("orders")):
        pass


def test_one_that_was_left_running_is_stopped(tmp_path: Path) -> None:
    with Postgres(tmp_path, durable=False) as left, Postgres(tmp_path, durable=False) as postgres:
        postgres.create_database("orders")
        assert left.exit_code is not None


def test_a_recycled_process_id_does_not_stand_in_the_way(tmp_path: Path) -> None:
    with Postgres(tmp_path, durable=False) as postgres:
        psutil.Process(postgres.pid).send_signal(signal.SIGKILL)
        wait_until(lambda: postgres.exit_code is not None)
    file = tmp_path / "data" / "postmaster.pid"
    file.write_text(file.read_text().replace(str(file.read_text().split()[0]), str(os.getpid()), 1))
    with Postgres(tmp_path, durable=False):
        pass
