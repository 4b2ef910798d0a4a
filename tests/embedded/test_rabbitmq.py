"""A real RabbitMQ node: private, and gone when it is to be gone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection, Queue
from rabbit import waiting

from embedded.binaries import NoProgram, rabbitmq_program
from embedded.rabbitmq import RabbitMQ

from .conftest import DEPLOY, belonging_to, wait_until

KEPT = Queue("kept", durable=True, queue_arguments={"x-queue-type": "quorum"})


@pytest.fixture(autouse=True)
def _installed() -> None:
    try:
        rabbitmq_program()
    except NoProgram as missing:
        pytest.skip(str(missing))


def test_one_that_was_left_running_is_stopped_and_its_data_stay(tmp_path: Path) -> None:
    with RabbitMQ(tmp_path) as left:
        with Connection(left.url(), transport_options={"confirm_publish": True}) as connection:
            connection.Producer().publish("", routing_key="kept", declare=[KEPT], delivery_mode=2)
        with RabbitMQ(tmp_path) as again:
            assert left.exit_code is not None
            # A quorum queue that has no leader yet says 0.
            wait_until(lambda: waiting(again.url(), "kept") == 1)
    wait_until(lambda: not belonging_to(tmp_path))


OWNER = """
import sys, time
from pathlib import Path
from embedded.rabbitmq import RabbitMQ
with RabbitMQ(Path(sys.argv[1])):
    print(flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start cleans up")
def test_it_dies_with_its_owner(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(DEPLOY)}
    command = [sys.executable, "-c", OWNER, tmp_path]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        owner.stdout.readline()
        assert len(belonging_to(tmp_path)) > 1
        owner.kill()
    wait_until(lambda: not belonging_to(tmp_path))
