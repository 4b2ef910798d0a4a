"""The README's commands, as it shows them."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from programs import eventually

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
VENV = os.path.relpath(sys.prefix, ROOT)
MAKE = ["make", "--no-print-directory", f"VENV={VENV}", f"PYTHON={sys.executable}"]


@pytest.fixture
def environment(state: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """As a newcomer's, with the mesh's data in a folder of the test."""
    folder = state / request.node.name
    own = {"MESHWORK_STATE": str(folder), "HTTP_PORT": "0"}
    return {**os.environ, **own}


def test_every_make_command_exists() -> None:
    targets = re.findall(r"^    make ([a-z-]+)", README, re.MULTILINE)
    assert {"demo", "up", "test", "bench-flow"} <= set(targets)
    for target in targets:
        subprocess.run([*MAKE, "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.timeout(400)
def test_make_demo_does_the_main_job_and_ends(environment: dict[str, str]) -> None:
    demo = subprocess.run([*MAKE, "demo"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "receipt sent" in demo.stdout


@pytest.mark.timeout(400)
def test_make_up_takes_the_readmes_first_order(environment: dict[str, str]) -> None:
    log = Path(environment["MESHWORK_STATE"]).with_suffix(".log")
    with log.open("wb") as output:
        up = subprocess.Popen(
            [*MAKE, "up"], cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        run = Path(environment["MESHWORK_STATE"]) / "run.json"
        eventually(lambda: run.exists() or up.poll() is not None, "the mesh is up", 180)
        assert up.poll() is None, log.read_text()[-3000:]
        at = json.loads(run.read_text())["addresses"]
        port, key = at["orders_port"], at["key"]
        [place, timeline] = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
        answer = shell(place, port, key)
        assert " 201 " in answer.splitlines()[0]
        [id] = re.findall(r"Location: /v1/orders/(\S+)", answer)
        [shown] = re.findall(r"/v1/orders/([0-9a-f-]{36})/timeline", timeline)
        journey = timeline.replace(shown, id)
        eventually(lambda: len(entries(shell(journey, port, key))) == 3, "three services did their part")
    finally:
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(up.pid, signal.SIGINT)
        assert up.wait(60) in (0, 130, -signal.SIGINT, 2)  # make reports the interrupt in its own ways


def shell(command: str, port: int, key: str) -> str:
    command = command.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    own = {**os.environ, "KEY": key}
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True, env=own).stdout


def entries(document: str) -> list[Any]:
    return list(json.loads(document)["entries"])
