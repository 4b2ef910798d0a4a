"""`python fake_mesh.py up|demo`: the embedded mesh's own command, over services that stand in for the real ones."""

import sys
from pathlib import Path

from embedded.__main__ import main
from embedded.mesh import Service

SERVICE = Path(__file__).with_name("fake_service.py")


def fake(name: str, *more: str) -> Service:
    return Service(name, [sys.executable, SERVICE, name], ("worker", "relay", *more))


if __name__ == "__main__":
    sys.exit(main([fake("orders", "api"), fake("emails"), fake("reports")]))
