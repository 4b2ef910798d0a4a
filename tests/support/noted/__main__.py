"""`python -m noted worker|relay`: it as processes."""

from mesh.cli import service_cli
from noted import service

service_cli(service)()
