"""Meshwork: the processes that `make up` runs, with the same environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.flows.flow import Flow, Servers, running, servers
from bench.flows.profiler import python
from embedded import apikey
from embedded.mesh import Addresses, Program, Service, environment, shipped
from embedded.ports import free_port

LOG = {"LOG_FORMAT": "json", "LOG_LEVEL": "warning"}
"""The level of the other flow."""

POOLS = {"emails": {"POOL": "prefork", "CONCURRENCY": "2"}}
"""As in the other flow. The service's own choice, threads, is for mail servers that are far away."""

UNLIMITED = {"RATE_LIMIT": "9999999/1"}
"""One client places them all: its requests are counted as ever, and never too many."""


@contextmanager
def mesh(state: Path, profiled: str | None) -> Iterator[Flow]:
    """Fresh servers, migrated databases and all processes of all services."""
    with servers(state) as on:
        made = Mesh(state, _addresses(on), profiled)
        with running([made.program(service, "migrate") for service in made.services]):
            pass
        programs = [made.program(service, role) for service in made.services for role in service.roles]
        with running(programs):
            databases = made.at.databases
            yield Flow(
                "mesh",
                made.at.orders_port,
                on,
                programs,
                databases["orders"],
                databases["reports"],
                made.key(),
                "(SELECT orders, items, amount AS revenue FROM days) AS sales",
            )


class Mesh:
    """Makes the programs of one flow."""

    def __init__(self, state: Path, at: Addresses, profiled: str | None) -> None:
        self.at = at
        self.services = shipped(at.broker)
        self._state = state
        self._profiled = profiled

    def program(self, service: Service, role: str) -> Program:
        """One process of a service."""
        name = f"{service.name} {role}"
        told = environment(service.name, self.at, self._state) | LOG | UNLIMITED | POOLS.get(service.name, {})
        command = [*python(name, self._profiled), *service.command]
        return Program(replace(service, command=command), role, told, self._state / f"{name}.log")

    def key(self) -> str:
        """A new one to the API."""
        return apikey.made(self.orders.command, environment("orders", self.at, self._state))

    @property
    def orders(self) -> Service:
        [found] = [service for service in self.services if service.name == "orders"]
        return found


def _addresses(on: Servers) -> Addresses:
    names = [service.name for service in shipped(on.valkey.url)]
    for name in names:
        on.postgres.create_database(name)
    databases = {name: on.postgres.url(name) for name in names}
    return Addresses(databases, on.valkey.url, on.catcher.smtp_url, on.catcher.url, free_port())
