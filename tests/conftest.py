"""Real servers for every test that wants them: started once, stopped at the end."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rabbit
from hypothesis import settings
from redis import Redis

from contracts import Producer
from embedded.binaries import REDIS, VALKEY, NoProgram, valkey_program
from embedded.postgres import Postgres
from embedded.rabbitmq import RabbitMQ
from embedded.valkey import Valkey
from mesh import Database, Settings, context, log
from mesh.migrate import migrate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROKERS = ["valkey", "redis", "rabbitmq"]
CI = os.environ.get("CI") == "true"
settings.register_profile("patient", deadline=None)  # no test fails because a machine is slow
settings.load_profile("patient")
os.environ["BROKER_PERSISTENCE"] = "optional"  # most tests' servers write nothing to disk


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "of the tests that run over every kind of broker, those over this one; may be repeated"
    parser.addoption("--broker", action="append", choices=BROKERS, help=help)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chosen := config.getoption("--broker"):
        items[:] = [item for item in items if _broker(item) in (None, *chosen)]
    # The longest first, and together: nobody waits for them in the end, and their builds are made once.
    items.sort(key=lambda item: "rolling" not in item.path.parts)


def _broker(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec and callspec.params.get("broker_url")


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
    with Valkey(state / "valkey", durable=False, program=valkey_program(VALKEY)) as server:
        yield server


@pytest.fixture
def own_valkey(state: Path) -> Iterator[Valkey]:
    """One that the test may stop, or freeze."""
    folder = Path(tempfile.mkdtemp(prefix="own-valkey-", dir=state))
    with Valkey(folder, durable=False, program=valkey_program(VALKEY)) as server:
        yield server


@pytest.fixture(scope="session")
def redis(state: Path) -> Iterator[Valkey]:
    """The oldest Redis that is around, where the system has one."""
    try:
        program = valkey_program(REDIS)
    except NoProgram as missing:
        pytest.skip(str(missing))
    with Valkey(state / "redis", durable=False, program=program) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq(state: Path) -> Iterator[RabbitMQ]:
    server = RabbitMQ(state / "rabbitmq")
    try:
        server.start()
    except NoProgram as missing:
        pytest.skip(str(missing))
    server.wait_until_ready()
    yield server
    server.kill()  # a farewell takes seconds, and nobody reads these data again


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's chromium. A module's, not the session's: while it is open, no test can run an event loop."""
    from browsing import NoBrowser, chromium  # few tests need it

    try:
        with chromium() as browser:
            yield browser
    except NoBrowser as missing:
        pytest.skip(str(missing))


_numbers = count(1)


@pytest.fixture
def rabbitmq_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A virtual host that nobody else uses; where no node can be started, what RABBITMQ_URL names."""
    if (given := os.environ.get("RABBITMQ_URL")) and not rabbit.installed():
        part = rabbit.emptied(given)
    else:
        part = rabbit.virtual_host(request.getfixturevalue("rabbitmq"), f"test-{next(_numbers)}")
    with part as url:
        yield url


@pytest.fixture(params=BROKERS)
def broker_url(request: pytest.FixtureRequest) -> str:
    """A broker that nobody else uses: each test that asks for one runs over every kind."""
    if request.param == "rabbitmq":
        return str(request.getfixturevalue("rabbitmq_url"))
    server: Valkey = request.getfixturevalue(request.param)
    database = f"{server.redis_url.rpartition('/')[0]}/{next(_numbers) % 16}"
    with Redis.from_url(database) as client:
        client.flushdb()
    return f"streams+{database}"


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
    told = Settings(database_url=unused, broker_url=unused, log_format="console", log_level="debug")
    log.configure(told, Producer(service="tests", build="0"), "pytest")
