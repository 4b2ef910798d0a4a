"""A real browser: Debian's chromium, driven by playwright, which brings none of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


class NoBrowser(Exception):
    """This machine has none."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Raises NoBrowser. Until it is closed, this thread can run no event loop: playwright has one in it."""
    program = shutil.which("chromium")
    if program is None:
        raise NoBrowser("no chromium on PATH")
    with sync_playwright() as playwright:
        # As root it refuses to start in its sandbox; what it opens here is our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
