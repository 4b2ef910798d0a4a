"""`python -m greedy worker|relay`: the greedy service as processes."""

from greedy import service
from mesh.cli import service_cli

service_cli(service)()
