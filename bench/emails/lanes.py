"""How long a receipt takes while a campaign of 50,000 mails goes out: with a worker for each lane, and one
for all of them; beside the same worker with nothing else to do.
"""

import math
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from statistics import quantiles
from uuid import uuid4

from bench.emails.measure import BIN, Ground, Wrong, ground, sink, taken
from bench.emails.receipts import address, receipts
from bench.program import working
from contracts import Producer
from contracts.emails import Recipient, SendBulk, SendReceipt
from embedded.process import Command
from mesh import context, database, outbox, publisher
from mesh.outbox import Outgoing, seal
from mesh.topology import routing_key

CAMPAIGN = 50_000
BATCH = 200
LATENCY = 0.02
"""Seconds by which the mail server's replies are late."""
THREADS = "16"
RATE = 20
"""Receipts a second."""
WARM = 100
"""Receipts before, all at once: each thread has its connections by then, as after a minute of any day."""
SETUPS = {
    "nothing else to do": (("default",), ("bulk",)),
    "a worker for each lane": (("default",), ("bulk",)),
    "one worker for both": (("default", "bulk"),),
}


@dataclass(frozen=True)
class Delays:
    """Milliseconds from a receipt's being on the broker until the mail server had it whole."""

    setup: str
    receipts: int
    bulk: int
    """Mails of the campaign that went out meanwhile."""
    p50: float
    p90: float
    p99: float
    longest: float


def measure(setup: str, seconds: float) -> Delays:
    """Raises Wrong where a receipt did not come, or came twice."""
    count = int(RATE * seconds)
    with ground() as on, ExitStack() as stack:
        context.identify(Producer(service="bench", build="0"), (SendReceipt, SendBulk))
        process = stack.enter_context(sink(on, LATENCY, 10**9))
        stack.enter_context(_mesh(on, SETUPS[setup]))
        all = receipts(WARM + count)
        list(_place(on, islice(all, WARM), rate=math.inf))
        time.sleep(5)  # these arrive
        if setup != "nothing else to do":
            _begin_campaign(on)
        sent = list(_place(on, all, RATE))
        time.sleep(5)  # the last ones arrive
        came = taken(process)
    times = dict(zip(came["recipients"], came["times"], strict=True))
    wanted = [address(WARM + number) for number in range(count)]
    if sum(came["recipients"].count(each) for each in wanted[:50]) != 50 or not set(wanted) <= set(times):
        raise Wrong(f"{setup}: {count} receipts, and came {len(set(wanted) & set(times))}")
    return _delays(setup, sent, [times[each] for each in wanted], len(times) - WARM - count)


@contextmanager
def _mesh(on: Ground, workers: Sequence[Sequence[str]]) -> Iterator[None]:
    with ExitStack() as stack:
        relay = Command([BIN / "emails", "relay"], env=os.environ | on.told)
        begun = [stack.enter_context(working("relay", relay, on.folder))]
        for lanes in workers:
            told = {"CONCURRENCY": THREADS, "BULK_RATE": "1000000/1", "HEALTH_DIR": str(on.folder / lanes[0])}
            (on.folder / lanes[0]).mkdir()
            options = [option for lane in lanes for option in ("--lane", lane)]
            begin = (
                [shutil.which("nice") or "nice", "-n", "10"] if lanes == ("bulk",) else []
            )  # as in Compose
            worker = [*begin, BIN / "emails", "worker", *options]
            command = Command(worker, env=os.environ | on.told | told)
            begun.append(stack.enter_context(working(f"worker {' '.join(lanes)}", command, on.folder)))
        time.sleep(8)  # all are up, and have nothing to do
        for process in begun:
            process.raise_if_ended()
        yield


def _begin_campaign(on: Ground) -> None:
    """Returns when all its mails wait for a worker, but for those that went out meanwhile."""
    id = uuid4()
    with database.connect(on.told["DATABASE_URL"], "bench") as tx:
        for first in range(0, CAMPAIGN, BATCH):
            outbox.put(tx, _batch(id, first), lane="bulk")
        while tx.execute("SELECT count(*) FROM batches").fetchone() != (CAMPAIGN // BATCH,):
            time.sleep(0.1)
        while tx.execute("SELECT 1 FROM outbox LIMIT 1").fetchone():
            time.sleep(0.1)


def _batch(id: object, first: int) -> SendBulk:
    return SendBulk(
        account="bench",
        campaign_id=id,
        of=CAMPAIGN,
        kind="newsletter",
        subject="New teas",
        paragraphs=("The first flush is in.",),
        action=None,
        recipients=tuple(
            Recipient(email=f"b{number}@example.com", name="Reader", locale="en")
            for number in range(first, first + BATCH)
        ),
    )


def _place(on: Ground, receipts: Iterable[SendReceipt], rate: float) -> Iterator[float]:
    """Each straight to the broker, as orders' relay would. Yields when that was done, in Unix time."""
    to = publisher.connect(on.told["BROKER_URL"])
    began = time.monotonic()
    for number, receipt in enumerate(receipts):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        envelope = seal(receipt)
        key = routing_key(envelope.name, envelope.version)
        to.publish([Outgoing(str(envelope.id), envelope.name, key, None, envelope.model_dump_json(), 0)])
        yield time.time()
    to.close()


def _delays(setup: str, sent: Sequence[float], came: Sequence[float], bulk: int) -> Delays:
    delays = [1000 * (at - since) for at, since in zip(came, sent, strict=True)]
    percentiles = quantiles(delays, n=100)
    p50, p90, p99 = (percentiles[number - 1] for number in (50, 90, 99))
    return Delays(setup, len(delays), bulk, p50, p90, p99, max(delays))
