"""The whole mesh on RabbitMQ, each service as the user that an installation gives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import eventually
from rabbit import Installation, install, waiting

from .conftest import Mesh


@pytest.fixture
def installation(state: Path, tmp_path: Path) -> Iterator[Installation]:
    with install(tmp_path, state / "installed") as installed:
        yield installed


@pytest.fixture
def mesh(state: Path, installation: Installation) -> Iterator[Mesh]:
    folder = state / "mesh-on-rabbitmq"
    folder.mkdir()
    folder.chmod(0o755)
    mesh = Mesh(folder, installation.url)
    try:
        mesh.start()
        yield mesh
    finally:
        mesh.stop()


def test_an_order_flows_through_users_that_may_do_little(mesh: Mesh, installation: Installation) -> None:
    orders = {mesh.post()[1]["id"] for _ in range(5)}
    eventually(lambda: mesh.done() == orders, "every service has done its part")
    assert len(mesh.mails()) == 5
    admin = installation.admin_url
    assert [waiting(admin, name) for name in ("mesh.unrouted", "mesh.dead")] == [0, 0]
    for name, program in mesh.programs.items():
        assert "refused" not in program.log.read_text().lower(), name
