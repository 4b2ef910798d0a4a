"""`python -m embedded up` and `python -m embedded demo`."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from embedded.binaries import NoProgram
from embedded.console import Console, QuietConsole
from embedded.demo import Demo
from embedded.mesh import STREAMS, Addresses, Service, shipped
from embedded.process import StartFailed
from embedded.run import AlreadyRunning, running
from embedded.supervisor import Stopped, Supervisor
from embedded.views import DemoFailed
from meshwork_client import MeshworkError

CHECKOUT = Path(__file__).parents[2]
STARTS_WITHIN = 60.0  # seconds that the demo waits for a mesh that somebody else is starting


def main(services: Sequence[Service]) -> int:
    """Do what the command line says with a mesh of these services; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    parser.add_argument("command", choices=["up", "demo"])
    command = up if parser.parse_args().command == "up" else demo
    state = Path(os.environ.get("MESHWORK_STATE", CHECKOUT / ".meshwork")).absolute()
    try:
        command(state, services)
    except (AlreadyRunning, DemoFailed, MeshworkError, NoProgram, StartFailed) as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    except PermissionError as reason:
        print(f"error: {reason.filename} is another user's: was it made as root? Delete it.", file=sys.stderr)
        return 1
    except Stopped:
        return 130  # as of a program that SIGINT ended
    return 0


def up(state: Path, services: Sequence[Service]) -> None:
    """Run the mesh until we are asked to stop."""
    console = Console()
    with Supervisor(state, services, console) as supervisor:
        console.say(supervisor.summary())
        supervisor.watch()
        console.say("stopping")


def demo(state: Path, services: Sequence[Service]) -> None:
    """Show the main job on the mesh that is up, else on one that is stopped afterwards."""
    try:
        with Supervisor(state, services, QuietConsole(state / "logs")) as supervisor:
            Demo(supervisor.addresses, services, state, supervisor.pause).run()
    except AlreadyRunning:
        print(f"using the mesh that is up in {state}")
        Demo(wait_for(state), services, state, time.sleep).run()


def wait_for(state: Path) -> Addresses:
    """Where the mesh is that somebody else has started. Raises AlreadyRunning where it does not get ready."""
    deadline = time.monotonic() + STARTS_WITHIN
    while (at := running(state)) is None:
        if time.monotonic() > deadline:
            raise AlreadyRunning(f"the mesh in {state} neither gets ready nor stops")
        time.sleep(0.1)
    return at


if __name__ == "__main__":
    # No broker named: a Valkey of our own.
    sys.exit(main(shipped(os.environ.get("BROKER_URL", STREAMS))))
