"""`python -m sample worker|relay|migrate`: the sample service as processes."""

from mesh.cli import service_cli
from sample import service

service_cli(service)()
