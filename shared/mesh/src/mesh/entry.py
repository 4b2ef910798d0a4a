"""The way into a service's program: a health check is answered here, all else by the service's main.py.

Every container is asked for its health twice a minute, by a process of its own. One that imports the service
to read a small file takes a second of CPU; this one takes little more than Python itself.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from mesh import garbage, health


def run(service: str) -> None:
    """`<service> …`, as `python -m <service>` does it too."""
    directory = os.environ.get("HEALTH_DIR")
    match sys.argv[1:]:
        case ["health", role] if role in health.ROLES and directory:
            sys.exit(health.show(Path(directory), service, role))
        case _:
            garbage.later()
            import_module(f"{service}.main").cli()
