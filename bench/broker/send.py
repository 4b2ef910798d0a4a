"""Sends orders as one contestant does: `python -m bench.broker.send stock --orders 3000`.

Two ways: all at once, timed; or `--each`, one at a time, the next one a while after the last was handled.
It ends with one JSON object: the seconds it took, without what has to be done once, and its CPU time.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterable
from importlib import import_module

from bench.broker.senders import Sender
from bench.broker.tally import mine

PAUSE = 0.020
"""Seconds between two orders that are sent one at a time: nobody's work overlaps."""
LATE = 10.0  # seconds after which an order that was sent alone counts as lost


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.broker.send", description=__doc__)
    parser.add_argument("sender")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--each", action="store_true", help="one at a time")
    options = parser.parse_args()
    sender: Sender = import_module(f"bench.broker.senders.{options.sender}").Sender()
    numbers = range(options.first, options.first + options.orders)
    told = send_each(sender, numbers) if options.each else send_all(sender, numbers)
    sys.stdout.write(json.dumps(told))


def send_all(sender: Sender, numbers: range) -> dict[str, float]:
    sender.prepare(numbers)
    gc.freeze()  # what was prepared is many objects, which are nobody's work to look through
    started, cpu = time.monotonic(), time.process_time()
    sender.send()
    return {"seconds": time.monotonic() - started, "cpu": time.process_time() - cpu}


def send_each(sender: Sender, numbers: Iterable[int]) -> dict[str, float]:
    for number in numbers:
        sender.prepare([number])
        time.sleep(PAUSE)
        mine().note_sent(number)
        sender.send()
        mine().wait_for(number, LATE)
    return {}


if __name__ == "__main__":
    main()
