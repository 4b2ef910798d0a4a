"""The load: a fixed number of orders, so many in flight at a time, each sent when another is answered.

A process of its own, `python -m bench.load --port 8080 --orders 4000 --key mw_…`: what it costs can
then be told from what it measures. It ends with one JSON object.
"""

import argparse
import asyncio
import gc
import json
import sys
import time

from bench.client import Ask, connected, run
from bench.orders import request


async def place(port: int, orders: int, connections: int, key: str) -> dict[str, float]:
    """Place orders 0 up to `orders`. Times are Unix time, CPU is seconds. Raises Refused."""
    asks = iter([Ask(request(number, key)) for number in range(orders)])
    clients = await connected(port, asks, connections)
    started, cpu = time.time(), time.process_time()
    await run(clients)
    return {"started": started, "answered": time.time(), "cpu": time.process_time() - cpu}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--key", required=True, help="what opens the API")
    gc.disable()  # it lives for seconds, and its pauses would be the flow's
    sys.stdout.write(json.dumps(asyncio.run(place(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
