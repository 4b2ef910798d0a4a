"""One measurement: so many receipts wait on the broker, a worker sends them, the sink says when each came."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from celery import Celery

from bench import cpu
from bench.emails.receipts import address, receipts
from bench.program import working
from contracts import Producer
from contracts.emails import SendReceipt
from embedded.mesh import SENDER
from embedded.ports import HOST, free_port
from embedded.postgres import Postgres
from embedded.process import Command, Process
from embedded.valkey import Valkey
from mesh import context, database, outbox

WARM = 0.1
"""Part of the mails that come before the clock starts: imports, connections, statements to prepare."""
STALLED = 120.0
"""Seconds after which a worker hangs."""
BIN = Path(sys.executable).parent
_KEY = "YmVuY2htYXJrcyBuZWVkIG5vIHNlY3JldHMsIG5vbmU="


@dataclass(frozen=True)
class Measurement:
    """What one worker did."""

    who: str
    latency: float
    """Seconds by which the mail server's replies are late."""
    mails: int
    rate: float
    """Mails a second."""
    cpu: float
    """Seconds of CPU of the worker for one mail."""
    memory: float
    """MiB of the worker with its children, what they share counted once (PSS)."""
    connections: int
    """That the mail server saw."""


class Wrong(Exception):
    """Mails are missing, or came twice."""


@dataclass(frozen=True)
class Ground:
    """What a worker stands on."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    smtp_port: int

    @property
    def told(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url("emails"),
            "BROKER_URL": self.valkey.url,
            "SMTP_URL": f"smtp://{HOST}:{self.smtp_port}",
            "MAIL_FROM": SENDER,
            "PUBLIC_URL": "http://api.meshwork.example",
            "LINK_KEYS": _KEY,
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "warning",
            "HEALTH_DIR": str(self.folder),
        }


def measure(who: str, latency: float, mails: int, told: Mapping[str, str]) -> Measurement:
    """`told`: what of its environment differs. Raises Wrong."""
    with ground() as on:
        (fill_mesh if who == "mesh" else fill_usual)(on, mails)
        with sink(on, latency, mails) as taken, worker(who, on, told) as process:
            came = _came(taken, process)
            used, memory = _used(process)
    if sorted(came["recipients"]) != sorted(map(address, range(mails))):
        raise Wrong(f"{who}: {mails} mails to {mails} people, and came {len(came['recipients'])}")
    times = came["times"]
    first = int(WARM * mails)
    rate = (mails - 1 - first) / (times[-1] - times[first])
    return Measurement(who, latency, mails, rate, used / mails, memory, came["connections"])


@contextmanager
def ground() -> Iterator[Ground]:
    """Fresh servers and a migrated database."""
    with (
        tempfile.TemporaryDirectory(prefix="meshwork-bench-") as state,
        Postgres(Path(state) / "postgres") as postgres,
        Valkey(Path(state) / "valkey") as valkey,
    ):
        folder = Path(state)
        postgres.create_database("emails")
        on = Ground(folder, postgres, valkey, free_port())
        subprocess.run([BIN / "emails", "migrate"], env=os.environ | on.told, check=True)
        yield on


def fill_mesh(on: Ground, mails: int) -> None:
    """By the outbox and a relay, as any service would."""
    context.identify(Producer(service="bench", build="0"), (SendReceipt,))
    with working("relay", Command([BIN / "emails", "relay"], env=os.environ | on.told), on.folder):
        with database.connect(on.told["DATABASE_URL"], "bench") as tx:
            with tx.transaction():
                outbox.put(tx, *receipts(mails))
            while tx.execute("SELECT 1 FROM outbox LIMIT 1").fetchone():
                time.sleep(0.05)


def fill_usual(on: Ground, mails: int) -> None:
    app = Celery(broker=on.valkey.redis_url)
    for receipt in receipts(mails):
        app.send_task("send_receipt", kwargs={"order": receipt.model_dump(mode="json")}, queue="usual")


@contextmanager
def sink(on: Ground, latency: float, mails: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The mail server, which prints what came when all has."""
    options = [f"--port={on.smtp_port}", f"--mails={mails}", f"--latency={latency}"]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.emails.sink", *options], stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def worker(who: str, on: Ground, told: Mapping[str, str]) -> Iterator[Process]:
    """The one that sends."""
    environment = os.environ | on.told | told
    command = [BIN / "emails", "worker"]
    if who != "mesh":
        environment |= {"BROKER_URL": on.valkey.redis_url}
        options = ["--loglevel=WARNING", "--pool=prefork", f"--concurrency={told['CONCURRENCY']}"]
        command = [BIN / "celery", "-A", "bench.emails.usual", "worker", "-Q", "usual", *options]
    with working("worker", Command(command, env=environment), on.folder) as process:
        yield process


def taken(process: "subprocess.Popen[bytes]") -> dict[str, list[Any]]:
    """What has come to a mail server that is told to end."""
    process.terminate()
    out, _ = process.communicate(timeout=60)
    told: dict[str, list[Any]] = json.loads(out)
    return told


def _came(taken: "subprocess.Popen[bytes]", process: Process) -> dict[str, Any]:
    out, _ = taken.communicate(timeout=STALLED + 600)
    process.raise_if_ended()
    told: dict[str, Any] = json.loads(out)
    return told


def _used(process: Process) -> tuple[float, float]:
    """Seconds of CPU and MiB, of the worker and its children."""
    root = psutil.Process(process.pid)
    tree = [root, *root.children(recursive=True)]
    times = [p.cpu_times() for p in tree]
    return sum(t.user + t.system for t in times), cpu.memory(process)
