"""Real servers for every test that wants them: started once, stopped at the end."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from contracts import Producer
from embedded.postgres import Postgres
from embedded.valkey import Valkey
from mesh import Database, Settings, context, log
from mesh.migrate import migrate

CI = os.environ.get("CI") == "true"
os.environ["BROKER_PERSISTENCE"] = "optional"  # most tests' servers write nothing to disk


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What is missing skips on a laptop and fails in CI."""
    report: pytest.TestReport = yield  # type: ignore[misc, assignment]
    if CI and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A folder for the servers: not pytest's own, which only its owner may enter."""
    folder = Path(tempfile.mkdtemp(prefix="meshwork-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(state: Path) -> Iterator[Postgres]:
    with Postgres(state / "postgres", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def valkey(state: Path) -> Iterator[Valkey]:
    with Valkey(state / "valkey", durable=False) as server:
        yield server


_numbers = count(1)


@pytest.fixture
def broker_url(valkey: Valkey) -> str:
    """A broker that nobody else uses: one of the server's databases."""
    return f"{valkey.url.rpartition('/')[0]}/{next(_numbers) % 16}"


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[str], str]:
    """Makes a database with the tables of a package's migrations; returns its URL."""

    def make(package: str) -> str:
        name = f"{package.partition('.')[0]}_{next(_numbers)}"
        postgres.create_database(name)
        url = postgres.url(name)
        migrate(package, Settings(database_url=url, broker_url="streams+redis://unused"))
        return url

    return make


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases for as long as the test lasts."""
    pools: list[Database] = []

    def open_(url: str) -> Database:
        pools.append(Database(url, "tests", size=4))
        pools[-1].open()
        return pools[-1]

    yield open_
    for pool in pools:
        pool.close()


@pytest.fixture(autouse=True)
def _identity() -> None:
    context.identify(Producer(service="tests", build="0"))


@pytest.fixture(autouse=True, scope="session")
def _logging() -> None:
    """The mesh's own, so that a test that fails shows what an operator would see."""
    unused = "x://unused"
    settings = Settings(database_url=unused, broker_url=unused, log_format="console", log_level="debug")
    log.configure(settings, Producer(service="tests", build="0"), "pytest")
