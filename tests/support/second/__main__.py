"""`python -m second worker|relay`: the second service as processes."""

from mesh.cli import service_cli
from second import service

service_cli(service)()
