"""`python -m embedded.catcher --smtp-port N --http-port N --database PATH`: run the catcher."""

import argparse
import asyncio
import signal
from pathlib import Path

import uvloop  # a third less CPU per mail than asyncio's own loop
from aiohttp import web

from embedded.catcher.smtp import serve
from embedded.catcher.store import Mailbox
from embedded.catcher.web import application
from embedded.ports import HOST


async def run(smtp_port: int, http_port: int, database: Path) -> None:
    """Serve both sides until SIGTERM or SIGINT; then write what is waiting."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    mailbox = Mailbox(database)
    runner = web.AppRunner(application(mailbox), access_log=None, shutdown_timeout=1)
    await runner.setup()
    smtp = await serve(mailbox, HOST, smtp_port)
    await web.TCPSite(runner, HOST, http_port).start()  # last: who finds /readyz answered sends mails
    await stopped.wait()
    smtp.close()
    await runner.cleanup()
    mailbox.close()


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(prog="embedded.catcher", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--database", type=Path, required=True)
    uvloop.run(run(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
