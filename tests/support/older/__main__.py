"""`python -m older worker|relay`: that build as processes."""

from mesh.cli import service_cli
from older import service

service_cli(service)()
