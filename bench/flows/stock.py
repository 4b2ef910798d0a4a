"""The same flow as people write it today: see `bench/baselines/stock`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from celery import Celery

from bench.flows.flow import Flow, Servers, running, servers
from bench.flows.profiler import python
from bench.program import Program
from embedded.catcher.process import answers
from embedded.ports import HOST, free_port
from embedded.process import Command

PACKAGE = "bench.baselines.stock"
DATABASE = "shop"
CONCURRENCY = {"orders": 1, "emails": 2, "reports": 1}
"""Children of each worker. Sending mails is the slowest of the three."""


class Stock:
    """Makes the programs of one flow."""

    def __init__(self, state: Path, on: Servers, profiled: str | None) -> None:
        self._state = state
        self._profiled = profiled
        self._control = Celery(broker=on.valkey.redis_url).control
        self._told = {
            "DATABASE_URL": on.postgres.url(DATABASE),
            "BROKER_URL": on.valkey.redis_url,
            "SMTP_URL": on.catcher.smtp_url,
            "MAIL_FROM": "Meshwork <orders@meshwork.example>",
        }

    def tables(self) -> Program:
        """Ready once they are made."""
        program = self._program("tables", f"{PACKAGE}.database")
        program.ready = lambda: program.exit_code == 0
        return program

    def api(self, port: int) -> Program:
        """One process, as many cores as one process uses."""
        options = [f"--host={HOST}", f"--port={port}", "--no-access-log", "--log-level=warning"]
        program = self._program("orders api", "uvicorn", f"{PACKAGE}.api:api", *options)
        program.ready = partial(answers, f"http://{HOST}:{port}/readyz")
        return program

    def worker(self, name: str) -> Program:
        """Prefork, Celery's default."""
        options = [f"--hostname={name}@bench", f"--concurrency={CONCURRENCY[name]}", "--loglevel=warning"]
        program = self._program(f"{name} worker", "celery", f"--app={PACKAGE}.{name}", "worker", *options)
        program.ready = lambda: bool(self._control.ping([f"{name}@bench"], timeout=0.5))
        return program

    def _program(self, name: str, module: str, *arguments: str) -> Program:
        command = [*python(name, self._profiled), "-m", module, *arguments]
        return Program(name, Command(command, env=os.environ | self._told), self._state / f"{name}.log")


@contextmanager
def stock(state: Path, profiled: str | None) -> Iterator[Flow]:
    """Fresh servers, one database, one API process and three workers."""
    with servers(state) as on:
        on.postgres.create_database(DATABASE)
        made = Stock(state, on, profiled)
        with running([made.tables()]):
            pass
        port = free_port()
        programs = [made.api(port), *map(made.worker, CONCURRENCY)]
        with running(programs):
            yield Flow("stock", port, on, programs, on.postgres.url(DATABASE), on.postgres.url(DATABASE))
