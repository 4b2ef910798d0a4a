"""`python fake_mesh.py up|demo`: the embedded mesh's own command, over stand-ins for the services."""

import sys
from pathlib import Path

from embedded.__main__ import main
from embedded.mesh import Service

SERVICE = Path(__file__).with_name("fake_service.py")


def fake(name: str, *roles: str) -> Service:
    return Service(name, [sys.executable, SERVICE, name], roles)


if __name__ == "__main__":
    sys.exit(main([fake("orders", "relay", "api"), fake("emails", "worker"), fake("reports")]))
